import { createHost, defineWorkflow, HoldfastError, Loop, type WorkflowContext } from "holdfast";
import { memoryStore } from "holdfast/memory";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { difference } from "../history/same-value.ts";
import { expectNoStrays } from "./stray-watch.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

function cyclic(): object {
  const value: { self?: unknown; list: unknown[] } = { list: [] };
  value.self = value;
  value.list.push(value);
  return value;
}

const throwing = (what: string) => (): never => {
  throw new Error(what);
};

/** Values with code in them, and shapes that make code go astray. Each is made anew. */
const hostile: readonly (readonly [string, () => unknown])[] = [
  [
    "a getter that throws",
    () => ({
      get x() {
        return throwing("get")();
      },
    }),
  ],
  [
    "a getter that gives something else each time",
    () => {
      let n = 0;
      return {
        get x() {
          return n++;
        },
      };
    },
  ],
  ["a toJSON that lies", () => ({ x: 1, toJSON: () => ({ x: 2 }) })],
  ["an inherited toJSON", () => Object.create({ toJSON: () => "lie" })],
  ["a toJSON that throws", () => ({ toJSON: throwing("toJSON") })],
  ["a toPrimitive trap", () => ({ [Symbol.toPrimitive]: throwing("toPrimitive") })],
  [
    "a toStringTag that throws",
    () => ({
      get [Symbol.toStringTag]() {
        return throwing("tag")();
      },
    }),
  ],
  ["a valueOf that throws", () => ({ valueOf: throwing("valueOf") })],
  ["a proxy of an object", () => new Proxy({ a: 1 }, {})],
  ["a proxy that throws", () => new Proxy({}, { ownKeys: throwing("ownKeys"), get: throwing("get") })],
  [
    "a proxy that has other keys each time",
    () => {
      let n = 0;
      return new Proxy({}, { ownKeys: () => [`k${n++}`] });
    },
  ],
  [
    "a revoked proxy",
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
  ["an object that contains itself", cyclic],
  [
    "a map that contains itself",
    () => {
      const map = new Map();
      return map.set(map, map);
    },
  ],
  ["100 levels", () => nested(100)],
  ["100,000 levels", () => nested(100_000)],
  [
    "an async generator",
    () =>
      (async function* () {
        yield 1;
      })(),
  ],
  [
    "a generator",
    () =>
      (function* () {
        yield 1;
      })(),
  ],
  ["a date whose getTime throws", () => Object.assign(new Date(5), { getTime: throwing("getTime") })],
  ["an invalid date", () => new Date(Number.NaN)],
  [
    "an array whose length lies",
    () => new Proxy([1, 2], { get: (list, key) => (key === "length" ? 2 ** 31 : Reflect.get(list, key)) }),
  ],
  ["an array with a hole", () => Object.assign(new Array(3), { 0: 1, 2: 3 })],
  [
    "an array of 2^32 - 1 holes",
    () => {
      const list: unknown[] = [];
      list.length = 2 ** 32 - 1;
      return list;
    },
  ],
  [
    "an error with a cause that throws",
    () => Object.defineProperty(new Error("e"), "cause", { get: throwing("cause"), enumerable: true }),
  ],
  ["an own __proto__", () => JSON.parse('{"__proto__":{"admin":true}}')],
  [
    "a key for every method of objects",
    () => ({ hasOwnProperty: 1, toString: 2, constructor: 3, valueOf: 4 }),
  ],
  ["a lone surrogate and NUL", () => ({ "\ud800\0": "\udc00\0" })],
  ["not a number, minus zero, infinity", () => [Number.NaN, -0, Number.NEGATIVE_INFINITY]],
  ["a big integer", () => 2n ** 4_096n],
  [
    "a buffer that others see",
    () => {
      const bytes = new Uint8Array(8);
      return [bytes.subarray(2, 4), bytes.buffer];
    },
  ],
  ["an object of another realm's look", () => Object.setPrototypeOf({ a: 1 }, { constructor: Object })],
  ["a frozen object", () => Object.freeze({ a: Object.freeze([1]) })],
];

/** Ways for a value into a run; each gives what the workflow sees of it. */
const ways: Readonly<Record<string, (value: unknown) => Promise<unknown>>> = {
  input: (value) => outputOf(async (_ctx, input) => [input], value),
  "a step's result": (value) => outputOf(async (ctx) => [await ctx.step("a", () => value)]),
  "a step's result that is awaited": (value) =>
    outputOf(async (ctx) => [await ctx.step("a", async () => value)]),
  "a loop's state": (value) =>
    outputOf((ctx) =>
      ctx.loop({
        name: "l",
        state: undefined as unknown,
        run: async (_inner, state) => (state === undefined ? Loop.continue(value) : Loop.break([state])),
      }),
    ),
  "an item's value": (value) => outputOf((ctx) => ctx.map("m", [1], () => value)),
  output: (value) => outputOf(async () => [value]),
  "a message to itself": (value) =>
    outputOf(async (ctx) => {
      await ctx.queue.send("m", value);
      return [await ctx.listen("w", "m")];
    }),
};

async function outputOf(run: (ctx: WorkflowContext, input: unknown) => Promise<unknown>, input?: unknown) {
  return (await lab.run(run as never, { mode: "live", input })).output;
}

describe.each(hostile)("%s", (_name, make) => {
  it.each(Object.entries(ways))("as %s is refused by type or comes back unaltered", async (_way, through) => {
    expectNoStrays();
    const before = make();
    let seen: unknown;
    try {
      seen = await through(before);
    } catch (error) {
      expect(HoldfastError.is(error), String(error)).toBe(true);
      return;
    }
    expect((seen as unknown[]).length).toBe(1);
    expect(difference((seen as unknown[])[0], before)).toBeNull();
  });

  it("as input, message or request of a host is refused by type, or the run sees it unaltered", async () => {
    expectNoStrays();
    const echo = defineWorkflow({
      name: "echo",
      run: async (ctx, input: unknown) => {
        const told = await ctx.queue.next("a", { names: ["tell"] });
        const asked = await ctx.queue.next("b", { names: ["ask"], completable: true });
        await asked.complete(asked.body);
        return [input, told.body];
      },
    });
    const store = memoryStore();
    const host = await createHost({ store, workflows: [echo] });
    const tried = async (work: () => Promise<unknown>): Promise<boolean> =>
      work().then(
        () => true,
        (error: unknown) => {
          expect(HoldfastError.is(error), String(error)).toBe(true);
          return false;
        },
      );
    const value = make();
    const started = await tried(() => host.start(echo, { workflowId: "a", input: value }));
    const handle = started ? host.handle("a") : await host.start(echo, { workflowId: "b", input: "instead" });
    const told = await tried(() => handle.send("tell", value));
    if (!told) await handle.send("tell", "instead");
    const asked = await tried(async () => {
      expect(difference(await handle.request("ask", value), value)).toBeNull();
    });
    if (!asked) await handle.request("ask", "instead");
    const [input, message] = (await handle.result()) as unknown[];
    expect(difference(input, started ? value : "instead")).toBeNull();
    expect(difference(message, told ? value : "instead")).toBeNull();
    await host.stop();
    await store.close();
  });
});
