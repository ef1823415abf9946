import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultCodec } from "../../src/history/payload.ts";
import { UnserializableValueError } from "../../src/model/errors/argument-errors.ts";
import { storable } from "./payload-values.ts";

class Money {
  readonly amount = 5;
}

class Sub extends Map<string, number> {}

function refusal(value: unknown): UnserializableValueError {
  try {
    defaultCodec.encode(value, "output");
  } catch (error) {
    if (error instanceof UnserializableValueError) return error;
    throw error;
  }
  throw new Error("the value was stored");
}

function withProperty(target: object, key: PropertyKey, descriptor: PropertyDescriptor): object {
  return Object.defineProperty(target, key, descriptor);
}

const hidden = { value: 1, enumerable: false };
const getter = { get: () => 1, enumerable: true };

describe("the default codec refuses, naming the path,", () => {
  it.each<[string, unknown, string]>([
    ["a function", () => 1, "output"],
    ["a method deep inside", { items: [1, 2, 3, { callback() {} }] }, "output.items[3].callback"],
    ["a class", { Money }, "output.Money"],
    ["a symbol", { a: [Symbol("x")] }, "output.a[0]"],
    ["a key that is a symbol", { [Symbol("mark")]: 1 }, "output[Symbol(mark)]"],
    ["a symbol on an array", Object.assign([1], { [Symbol("mark")]: 1 }), "output[Symbol(mark)]"],
    ["an instance of a class", { price: new Money() }, "output.price"],
    ["an object that inherits from another", { child: Object.create({ a: 1 }) }, "output.child"],
    ["a promise", { later: Promise.resolve(1) }, "output.later"],
    ["a weak map", [new WeakMap()], "output[0]"],
    ["a subclass of Map", { sub: new Sub() }, "output.sub"],
    ["a subclass of Array", { list: new (class extends Array {})() }, "output.list"],
    ["a Buffer", { file: Buffer.from("x") }, "output.file"],
    ["a boxed number", { boxed: Object(1) }, "output.boxed"],
    ["a generator", (function* () {})(), "output"],
    ["shared memory", { memory: new SharedArrayBuffer(8) }, "output.memory"],
    ["a view of shared memory", { memory: new Uint8Array(new SharedArrayBuffer(8)) }, "output.memory"],
    ["a resizable buffer", { memory: new ArrayBuffer(8, { maxByteLength: 16 }) }, "output.memory"],
    ["an own __proto__", JSON.parse('{"a":{"__proto__":{"admin":true}}}'), "output.a.__proto__"],
    ["an accessor", { nested: withProperty({}, "lazy", getter) }, "output.nested.lazy"],
    ["a hidden property", { nested: withProperty({}, "secret", hidden) }, "output.nested.secret"],
    ["the result of a match", { match: "abc".match(/b/) }, "output.match.groups"],
    ["a named property of an array", [Object.assign([], { total: 1 })], "output[0].total"],
    ["a property of a Date", { at: Object.assign(new Date(), { zone: "CET" }) }, "output.at"],
    ["a property of a Map", Object.assign(new Map(), { kind: "index" }), "output"],
    ["a property of a view", Object.assign(new Uint8Array(3), { kind: "key" }), "output"],
    ["a key that is no identifier", { "a b": { 'c"d': () => 1 } }, 'output["a b"]["c\\"d"]'],
    ["a value in a map", new Map([["key", { f() {} }]]), 'output.get("key").f'],
    ["a value under an object in a map", new Map([[{}, () => 1]]), "output.values()[0]"],
    ["a key of a map", new Map([[{ f() {} }, 1]]), "output.keys()[0].f"],
    ["an item of a set", new Set([1, () => 1]), "output.values()[1]"],
    [
      "the data of an error",
      Object.assign(new Error("x"), { request: { send() {} } }),
      "output.request.send",
    ],
    [
      "the cause of a cause",
      new Error("a", { cause: new Error("b", { cause: () => 1 }) }),
      "output.cause.cause",
    ],
    ["an error among several", new AggregateError([1, Symbol("x")]), "output.errors[1]"],
    ["an array with too many holes", { list: Object.assign([], { length: 2 ** 32 - 1 }) }, "output.list"],
  ])("%s", (_, value, path) => {
    const error = refusal(value);
    expect(error.path).toBe(path);
    expect(error.message).toContain(`${path} cannot be stored`);
  });

  it("and says what it found", () => {
    expect(refusal({ price: new Money() }).message).toContain("an instance of Money");
    expect(refusal(Buffer.from("x")).message).toContain("new Uint8Array(buffer)");
    expect(refusal(Promise.resolve()).message).toContain("await it first");
  });

  it("keeping what getters and traps throw as the cause", () => {
    const boom = new Error("boom");
    const traps: ProxyHandler<object>[] = [
      { ownKeys: () => fail(boom) },
      { getPrototypeOf: () => fail(boom) },
      { getOwnPropertyDescriptor: () => fail(boom) },
      { get: () => fail(boom) },
    ];
    for (const trap of traps) {
      const error = refusal({ a: [new Proxy({ x: 1 }, trap)] });
      expect(error.path).toMatch(/^output\.a\[0\]/);
      expect(error.cause).toBe(boom);
    }
    const unreadable = new Error("x");
    Object.defineProperty(unreadable, "stack", { get: () => fail(boom) });
    expect(refusal([unreadable])).toMatchObject({ path: "output[0].stack", cause: boom });
  });

  it("a proxy that is revoked", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(refusal({ proxy }).path).toBe("output.proxy");
  });

  it("nesting of more than a thousand levels, in a message of readable length", () => {
    for (const last of [1, undefined]) {
      let value: unknown = last;
      for (let i = 0; i < 1_001; i++) value = { next: value };
      const error = refusal(value);
      expect(error.message).toContain("more than 1000 levels");
      expect(error.message.length).toBeLessThan(500);
    }
  });

  it("nesting that would exhaust the stack, plain or circular", () => {
    let value: unknown = null;
    for (let i = 0; i < 200_000; i++) value = [value];
    expect(refusal(value)).toBeInstanceOf(UnserializableValueError);
  });

  it("a function wherever it hides", () => {
    const wrap = fc.constantFrom<(inner: unknown) => unknown>(
      (inner) => [inner],
      (inner) => ({ inner }),
      (inner) => new Map([["key", inner]]),
      (inner) => new Map([[inner, "value"]]),
      (inner) => new Set([inner]),
      (inner) => new Error("x", { cause: inner }),
      (inner) => new AggregateError([inner]),
      (inner) => Object.assign(Object.create(null), { inner }),
      (inner) => Object.assign([], { 5: inner }),
    );
    fc.assert(
      fc.property(fc.array(wrap, { maxLength: 6 }), storable, (wraps, other) => {
        const value = wraps.reduce(
          (inner: unknown, next) => next(inner),
          () => 1,
        );
        expect(refusal([other, value]).path).toMatch(/^output\[1\]/);
      }),
    );
  });
});

describe("a proxy that behaves", () => {
  it("is what it looks like", () => {
    const proxy = new Proxy({ a: [1] }, {});
    expect(defaultCodec.decode(defaultCodec.encode({ proxy }, "output"))).toStrictEqual({
      proxy: { a: [1] },
    });
  });
});

function fail(error: Error): never {
  throw error;
}
