import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeFailure,
  describeFailure,
  encodeFailure,
  MAX_FAILURE_BYTES,
} from "../../src/history/failure.ts";
import { defaultCodec } from "../../src/history/payload.ts";
import { JoinError, MapError } from "../../src/model/errors/block-errors.ts";
import { CorruptionError } from "../../src/model/errors/history-errors.ts";
import { CriticalError, StepExhaustedError } from "../../src/model/errors/step-errors.ts";
import { storable } from "./payload-values.ts";
import { difference } from "./same-value.ts";

function stored(thrown: unknown): unknown {
  return decodeFailure(encodeFailure(thrown));
}

function boom(): never {
  throw new Error("boom");
}

/** The likeness of a failure, checked for what holds for every one of them. */
function checked(thrown: unknown): unknown {
  const bytes = encodeFailure(thrown);
  expect(bytes.length).toBeLessThanOrEqual(MAX_FAILURE_BYTES);
  const once = decodeFailure(bytes);
  expect(difference(once, stored(once))).toBeNull();
  expect(encodeFailure(once)).toStrictEqual(encodeFailure(stored(once)));
  // It can be part of an output, too.
  defaultCodec.encode(once, "output");
  const summary = describeFailure(bytes);
  expect(summary.message.length).toBeLessThanOrEqual(1_000);
  return once;
}

class Socket {
  readonly fd = 3;
}

describe("a stored failure", () => {
  it("brings back an error with everything that can be stored", () => {
    const cause = new AggregateError([new RangeError("a"), "b"], "several", {
      cause: new CriticalError("root"),
    });
    const error = Object.assign(new TypeError("bad", { cause }), {
      code: "E_BAD",
      when: new Date(5),
      details: { list: [1n, undefined, -0], constructor: 1 },
    });
    expect(difference(error, checked(error))).toBeNull();
  });

  it("brings back an error of the library as its class", () => {
    const error = new StepExhaustedError("charge", 3, {
      cause: new JoinError("both", new Map([["a", "no"]])),
    });
    const revived = checked(error) as StepExhaustedError;
    expect(difference(error, revived)).toBeNull();
    expect(revived).toBeInstanceOf(StepExhaustedError);
    expect(revived.cause).toBeInstanceOf(JoinError);
  });

  it.each([
    ["text"],
    [""],
    [undefined],
    [null],
    [0],
    [-0],
    [Number.NaN],
    [12n],
    [false],
    [{ status: 404 }],
    [[1, { a: 2 }]],
  ])("brings back %o, which is no error, as it was thrown", (thrown) => {
    expect(difference(thrown, checked(thrown))).toBeNull();
  });

  it("brings back every value that can be stored, and is the same the second time", () => {
    fc.assert(
      fc.property(storable, (thrown) => void checked(thrown)),
      { numRuns: 500 },
    );
  });

  it.each<[string, () => unknown, unknown]>([
    ["a function", () => () => 1, "a function"],
    ["a symbol", () => Symbol("x"), "a symbol"],
    ["an instance of a class", () => new Socket(), "an object (Socket)"],
    ["a promise", () => Promise.resolve(), "an object (Promise)"],
    [
      "a proxy that throws",
      () => new Proxy({}, { get: boom, getPrototypeOf: boom, ownKeys: boom }),
      "an object",
    ],
    ["a huge bigint", () => 2n ** 100_000n, "a bigint of more than 4096 bits"],
  ])("describes %s", (_, make, expected) => {
    expect(checked(make())).toBe(expected);
  });

  it("leaves out or describes the data that cannot be stored", () => {
    const error = Object.assign(new Error("request failed"), {
      response: { status: 500, socket: new Socket(), retry: () => 1, headers: new Map([["a", Symbol("x")]]) },
      list: [() => 1, new Socket()],
      [Symbol("mark")]: 1,
      toJSON: () => ({}),
    });
    const revived = checked(error) as typeof error;
    expect(revived.response).toStrictEqual({
      status: 500,
      socket: "an object (Socket)",
      headers: new Map([["a", "a symbol"]]),
    });
    expect(revived.list).toStrictEqual(["a function", "an object (Socket)"]);
    expect(Reflect.ownKeys(revived)).not.toContain("toJSON");
  });

  it("survives everything that an error can do when it is read", () => {
    const throwing = new Error("readable");
    for (const key of ["stack", "cause", "code", "data"]) {
      Object.defineProperty(throwing, key, { get: boom, enumerable: true });
    }
    expect(checked(throwing)).toMatchObject({ message: "readable" });

    const unlistable = new Proxy(new Error("unlistable"), { ownKeys: boom });
    expect(checked(unlistable)).toMatchObject({ name: "Error", message: "unlistable" });

    const { proxy, revoke } = Proxy.revocable(new Error("revoked"), {});
    revoke();
    expect(checked(proxy)).toBe("an object");
    expect(checked(new Error("x", { cause: proxy }))).toMatchObject({ message: "x", cause: "an object" });

    const odd = Object.assign(Object.create(Error.prototype), { message: { not: "text" }, name: 5 });
    expect(checked(odd)).toMatchObject({ message: { not: "text" }, name: 5 });
    expect(checked(Object.freeze(new Error("frozen")))).toMatchObject({ message: "frozen" });
    expect(checked(Object.create(null))).toStrictEqual(Object.create(null));
    expect(checked(JSON.parse('{"__proto__":1,"a":2}'))).toStrictEqual({ a: 2 });
  });

  it("keeps circles and repeated references", () => {
    const error: Error & { again?: unknown } = new Error("circle");
    error.cause = new Error("inner", { cause: error });
    error.again = [error.cause, error.cause];
    expect(difference(error, checked(error))).toBeNull();
  });

  it("does not run a user's constructor", () => {
    let made = 0;
    class Counted extends CriticalError {
      constructor() {
        super("counted");
        made++;
      }
    }
    checked(new Counted());
    expect(made).toBe(1);
  });
});

describe("a failure that is too large", () => {
  it("has a cut message and stack, with a note", () => {
    const error = new Error("m".repeat(200_000));
    error.stack = "s".repeat(200_000);
    const revived = checked(error) as Error;
    expect(revived.message).toHaveLength(65_536);
    expect(revived.message).toMatch(/m… \[cut: 200000 characters in all\]$/);
    expect(revived.stack).toHaveLength(16_384);
  });

  it("is not cut in the middle of a character", () => {
    const revived = checked(new Error("😀".repeat(100_000))) as Error;
    expect(revived.message.isWellFormed()).toBe(true);
  });

  it("ends a chain of causes with a description", () => {
    let error = new Error("level 0");
    for (let i = 1; i < 100; i++) error = new Error(`level ${i}`, { cause: error });
    let last: unknown = checked(error);
    let errors = 0;
    for (; last instanceof Error; last = last.cause) errors++;
    expect(errors).toBe(32);
    expect(last).toBe("Error: level 67");
  });

  it("loses its data before its message", () => {
    const error = Object.assign(new Error("kept"), {
      code: "E_KEPT",
      body: Array.from({ length: 900 }, () => "x".repeat(10_000)),
    });
    const revived = checked(error) as typeof error;
    expect(revived).toMatchObject({ message: "kept", code: "E_KEPT", stack: error.stack });
    expect(revived.body).toBeUndefined();
  });

  it.each([
    ["few, with all of them", 20, "StepExhaustedError"],
    ["many, with what they say", 1_000, "string"],
  ])("keeps the errors that it gathers: %s", (_, count, kept) => {
    const one = (n: number) =>
      new StepExhaustedError("s", 1, { cause: new Error(`${n} ${"x".repeat(300)}`) });
    const errors = Array.from({ length: count }, (__, index) => ({ index, error: one(index) }));
    const revived = checked(new MapError("items", errors, 0, "no failures")) as MapError;
    expect(revived.errors.map(({ index }) => index)).toEqual(errors.map(({ index }) => index));
    const { error } = revived.errors[0] as { error: unknown };
    expect(error instanceof Error ? error.name : typeof error).toBe(kept);
  });

  it("keeps as many as fit of the errors that it gathers, with a note", () => {
    const errors = Array.from({ length: 100_000 }, (_, index) => ({ index, error: new Error("no") }));
    const { errors: kept } = checked(new MapError("items", errors, 0, "no failures")) as MapError;
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.at(-1)).toBe("… [cut: 100000 items in all]");
  });

  it("fits in any case", () => {
    const many: Record<string, unknown> = {};
    for (let i = 0; i < 50_000; i++) many[`${"k".repeat(50)}${i}`] = "\ud800".repeat(200);
    const control = "\u0001".repeat(100_000);
    const cases: unknown[] = [
      Object.assign(new Error("many keys"), many),
      Object.assign(new Error(control), { stack: control, name: control, code: control }),
      new AggregateError(
        Array.from({ length: 5_000 }, (_, i) => new Error(`${i} ${control}`)),
        control,
      ),
      new Error("binary", { cause: { buffer: new Uint8Array(50_000_000) } }),
      new Error("large cause", { cause: many }),
      new Error("long cause", {
        cause: new Error(control, { cause: new Error(control, { cause: control }) }),
      }),
      Object.assign(new Error("long key"), { ["k".repeat(300_000)]: 1 }),
      many,
      control,
      "€".repeat(1_000_000),
      Array.from({ length: 1_000_000 }, (_, i) => i),
      Object.assign([], { length: 2 ** 32 - 1 }),
      new Set(Array.from({ length: 100_000 }, (_, i) => ({ i }))),
    ];
    for (const thrown of cases) {
      const revived = checked(thrown);
      if (thrown instanceof Error) {
        expect(revived).toBeInstanceOf(Error);
        expect((revived as Error).message.slice(0, 100)).toBe(thrown.message.slice(0, 100));
      }
    }
    expect(checked(many)).toBe("an object");
  });

  it("ends objects that go on for ever", () => {
    const endless = (): object => ({
      get next() {
        return endless();
      },
    });
    checked(Object.assign(new Error("endless"), { endless: endless() }));
    const wide = (): object =>
      new Proxy(
        {},
        {
          ownKeys: () => ["a", "b", "c"],
          getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }),
          get: wide,
        },
      );
    checked(wide());
  });
});

describe("a summary", () => {
  it.each<[unknown, unknown]>([
    [new CriticalError("no"), { name: "CriticalError", message: "no", code: "CRITICAL" }],
    [Object.assign(new TypeError("bad"), { code: 404 }), { name: "TypeError", message: "bad", code: "404" }],
    ["text\nin lines", { name: "string", message: "text\nin lines" }],
    [undefined, { name: "undefined", message: "undefined" }],
    [{ a: 1 }, { name: "object", message: "an object" }],
  ])("of %o is %o", (thrown, expected) => {
    expect(describeFailure(encodeFailure(thrown))).toStrictEqual(expected);
  });

  it("is readable as text", () => {
    const [first] = new TextDecoder().decode(encodeFailure(new CriticalError("no"))).split("\n");
    expect(first).toBe('F{"name":"CriticalError","message":"no","code":"CRITICAL"}');
  });
});

describe("bytes that are no failure", () => {
  it.each(["", "F", "F\n", "F{}", "F{}\n", "J1", 'F{"name":"x"}\nX', "F\nJ{"])(
    "%j are a CorruptionError",
    (text) => {
      const bytes = new TextEncoder().encode(text);
      expect(() => [describeFailure(bytes), decodeFailure(bytes)]).toThrow(CorruptionError);
    },
  );

  it("mutated ones are a CorruptionError or some failure", () => {
    const original = encodeFailure(new StepExhaustedError("charge", 3, { cause: new TypeError("x") }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        (changes) => {
          const bytes = original.slice();
          for (const [at, byte] of changes) bytes[at] = byte;
          for (const read of [decodeFailure, describeFailure]) {
            try {
              read(bytes);
            } catch (error) {
              expect(error).toBeInstanceOf(CorruptionError);
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
