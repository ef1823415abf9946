import { describe, expect, it } from "vitest";
import { defaultCodec } from "../../src/history/payload.ts";
import { JoinError, RaceError } from "../../src/model/errors/block-errors.ts";
import { HoldfastError } from "../../src/model/errors/holdfast-error.ts";
import {
  CriticalError,
  RetryAfterError,
  StepExhaustedError,
  StepTimeoutError,
} from "../../src/model/errors/step-errors.ts";
import { difference } from "./same-value.ts";

function roundTrip<T>(value: T): T {
  return defaultCodec.decode(defaultCodec.encode(value, "output")) as T;
}

class HttpError extends TypeError {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    calls++;
  }
}
let calls = 0;

describe("an error that is stored", () => {
  it.each([
    ["a cause", new Error("x", { cause: { code: 1 } })],
    ["a cause that is present and undefined", new Error("x", { cause: undefined })],
    ["no cause", new Error("x")],
    ["no message of its own", new RangeError()],
    ["an empty message", new RangeError("")],
    ["an enumerable message", Object.assign(new Error(), { message: "assigned" })],
    ["a name of its own", Object.assign(new SyntaxError("x"), { name: "ParseError" })],
    [
      "data with dangerous keys",
      Object.assign(new Error("x"), { constructor: 1, toString: null, hidden: 2, type: 3 }),
    ],
    ["several errors", new AggregateError([new TypeError("a"), "b"], "several")],
    [
      "the code of a system error",
      Object.assign(new Error("ENOENT"), { errno: -2, code: "ENOENT", path: "/x" }),
    ],
    ["no stack", Object.defineProperty(new Error("x"), "stack", { value: undefined })],
  ])("comes back exactly with %s", (_, error) => {
    expect(difference(error, roundTrip(error))).toBeNull();
  });

  it("keeps its stack", () => {
    const error = new Error("x");
    expect(roundTrip(error).stack).toBe(error.stack);
    Reflect.deleteProperty(error, "stack");
    expect(roundTrip(error).stack).toBeUndefined();
  });

  it("is a real error for the runtime", () => {
    for (const error of [new TypeError("x"), new CriticalError("y")]) {
      expect(Object.prototype.toString.call(roundTrip(error))).toBe("[object Error]");
    }
  });

  it("of a user's class comes back as the built-in class, with the same name and data", () => {
    calls = 0;
    const error = new HttpError("gone", 410);
    const revived = roundTrip(error);
    expect(revived).toBeInstanceOf(TypeError);
    expect(revived).not.toBeInstanceOf(HttpError);
    expect(revived).toMatchObject({ name: "HttpError", message: "gone", status: 410, stack: error.stack });
    expect(calls).toBe(1);
  });

  it("keeps a name, message and code that its class keeps for it", () => {
    class Coded extends Error {
      override get name(): string {
        return "Coded";
      }
      override get message(): string {
        return "from the class";
      }
      get code(): string {
        return "E_CODED";
      }
    }
    const revived = roundTrip(new Coded());
    expect(revived).toMatchObject({ name: "Coded", message: "from the class", code: "E_CODED" });
    expect(Object.keys(revived)).toStrictEqual([]);
    expect(difference(revived, roundTrip(revived))).toBeNull();
  });

  it("of the web's class keeps class, name and code", () => {
    const revived = roundTrip(AbortSignal.abort().reason as DOMException);
    expect(revived).toBeInstanceOf(DOMException);
    expect(revived).toMatchObject({ name: "AbortError", code: 20, message: "This operation was aborted" });
  });

  it("may be part of itself, and occur twice", () => {
    const error: Error & { self?: unknown; list?: unknown } = new Error("circle");
    error.cause = error;
    error.self = { error };
    error.list = new Map([[error, new Set([error])]]);
    expect(difference([error, error], roundTrip([error, error]))).toBeNull();
  });
});

describe("an error of the library that is stored", () => {
  it("comes back as an instance of its class, without its constructor", () => {
    const cause = new StepTimeoutError("charge", 500);
    const error = new StepExhaustedError("charge", 3, { cause });
    const revived = roundTrip(error);
    expect(difference(error, revived)).toBeNull();
    expect(revived).toBeInstanceOf(StepExhaustedError);
    expect(revived).toBeInstanceOf(HoldfastError);
    expect(StepExhaustedError.is(revived)).toBe(true);
    expect(revived.name).toBe("StepExhaustedError");
    expect(revived.lastError).toBe(revived.cause);
    expect(revived.cause).toBeInstanceOf(StepTimeoutError);
  });

  it.each([
    [
      "JoinError",
      new JoinError(
        "both",
        new Map<string, unknown>([
          ["a", new Error("x")],
          ["__b", 1],
        ]),
      ),
    ],
    ["RaceError", new RaceError("fast", [{ name: "a", error: new CriticalError("no") }])],
    ["RetryAfterError", new RetryAfterError(new Date(5), "later")],
    ["the base class", new HoldfastError("base")],
  ])("keeps the data of %s", (_, error) => {
    expect(difference(error, roundTrip(error))).toBeNull();
  });

  it("of a user's subclass comes back as the library's class", () => {
    class Declined extends CriticalError {
      readonly reason = "funds";
    }
    const revived = roundTrip(new Declined("no"));
    expect(revived).toBeInstanceOf(CriticalError);
    expect(revived).toMatchObject({ code: "CRITICAL", reason: "funds" });
  });

  it("is not made of a user's error with the same code", () => {
    const revived = roundTrip(Object.assign(new Error("mine"), { code: "STEP_EXHAUSTED" }));
    expect(revived).not.toBeInstanceOf(HoldfastError);
  });

  it("of a class that this version does not know comes back as the base class", () => {
    const text = new TextDecoder().decode(defaultCodec.encode(new CriticalError("x"), "output"));
    const future = new TextEncoder().encode(text.replaceAll('"CRITICAL"', '"FROM_THE_FUTURE"'));
    const revived = defaultCodec.decode(future);
    expect(revived).toBeInstanceOf(HoldfastError);
    expect(revived).toMatchObject({ name: "CriticalError", code: "FROM_THE_FUTURE" });
  });
});
