import { type Context, type Driver, type Library, pause } from "../compat/library.ts";

/** What a run does outside itself. */
export interface World {
  readonly effects: string[];
}

/** A workflow whose histories are recorded on RivetKit's own engine and finished on ours. */
export interface Program {
  readonly name: string;
  readonly body: (lib: Library, world: World) => (ctx: Context) => Promise<unknown>;
  /** Messages that are queued before the run starts. */
  readonly messages?: readonly { readonly name: string; readonly data: unknown }[];
  /** Whether a step that has a result may still be undone or done: how the run ends. */
  readonly ends?: "completed" | "failed" | "cancelled";
}

/** Longer than the recorded histories are kept. */
const DECADES_MS = 10 ** 12;

/** A step that leaves a trace. */
function traced<T>(world: World, what: string, value: T): () => Promise<T> {
  return async () => {
    world.effects.push(what);
    return value;
  };
}

/** One of each kind that a payload can have. */
function payloads(): unknown[] {
  const plain = [0, -1, 23, 24, 255, 256, 65_536, 2 ** 31, 2 ** 40, -(2 ** 40), 2 ** 53, 1.5, -0.1, 1e300];
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, null, undefined, true, false, "", "é\u0000😀"];
  const big = [5n, -5n, 2n ** 63n, -(2n ** 64n), 2n ** 70n];
  const bytes = [
    new Uint8Array([1, 255]),
    new Float64Array([1.5]),
    new Int16Array([-2]),
    new Uint32Array([7]),
  ];
  const rich = [
    new Date(1_700_000_000_123),
    new Map<unknown, unknown>([
      [1, "a"],
      ["b", [2]],
    ]),
    new Set([1, "x"]),
  ];
  const nested = {
    a: { b: [{ c: new Date(0) }] },
    long: "x".repeat(300),
    list: Array.from({ length: 30 }, (_, i) => i),
  };
  return [...plain, ...odd, ...big, ...bytes, ...rich, /a+/gi, new Error("m"), nested];
}

/** A value in words that tell its type too. */
function described(value: unknown): string {
  if (value instanceof Map) return `Map ${[...value].map(([k, v]) => `${described(k)}=>${described(v)}`)}`;
  if (value instanceof Set) return `Set ${[...value].map(described)}`;
  if (value instanceof Date) return `Date ${value.getTime()}`;
  if (value instanceof Error) return `${value.name} ${value.message}`;
  if (value instanceof RegExp) return String(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${value}`;
  if (Array.isArray(value)) return `[${value.map(described)}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value).map(([key, one]) => `${key}:${described(one)}`)}}`;
  return `${typeof value} ${String(value)}`;
}

export const programs: readonly Program[] = [
  {
    name: "steps-and-sleeps",
    body: (_lib, world) => async (ctx) => {
      const a = await ctx.step("a", traced(world, "a", { n: 1, when: new Date(5), big: 2n ** 70n }));
      await ctx.sleep("first", 120);
      await ctx.step("void", traced(world, "void", undefined));
      await ctx.sleepUntil("second", Date.now() + 10);
      const b = await ctx.step("b", traced(world, "b", [1, "two", null, new Uint8Array([3])]));
      return [a.n, a.when.getTime(), String(a.big), b[1], [...(b[3] as Uint8Array)]];
    },
  },
  {
    name: "payloads",
    body: (_lib, world) => async (ctx) => {
      const values = await ctx.step("make", traced(world, "make", payloads()));
      await ctx.sleep("nap", 120);
      return values.map(described);
    },
  },
  {
    name: "messages",
    messages: [
      { name: "m", data: { x: 1 } },
      { name: "k", data: "two" },
      { name: "m", data: 3 },
    ],
    body: (_lib, world) => async (ctx) => {
      const first = await ctx.queue.next<{ x: number }>("first", { names: ["m"] });
      await ctx.step("s", traced(world, "s", 0));
      const rest = await ctx.queue.nextBatch("rest", { count: 5 });
      const none = await ctx.queue.nextBatch("none", { names: ["z"], timeout: 150 });
      const last = await ctx.step("t", traced(world, "t", "end"));
      return [first.body.x, rest.map(({ name, body }) => [name, body]), none, last];
    },
  },
  {
    name: "completable",
    messages: [
      { name: "m", data: 1 },
      { name: "m", data: 2 },
    ],
    body: (_lib, world) => async (ctx) => {
      const seen: unknown[] = [];
      for (const name of ["one", "two"]) {
        const message = await ctx.queue.next(name, { names: ["m"], completable: true });
        await ctx.step(`work ${name}`, traced(world, `work ${name}`, 0));
        await message.complete?.({ done: name });
        seen.push(message.body);
      }
      await ctx.step("after", traced(world, "after", 0));
      return seen;
    },
  },
  {
    name: "pruned-loop",
    body: (lib, world) => (ctx) =>
      ctx.loop({
        name: "l",
        state: { i: 0, sum: 0 },
        historyPruneInterval: 4,
        run: async (inner, { i, sum }) => {
          const added = await inner.step("add", traced(world, `add ${i}`, sum + i));
          if (i === 9) await inner.sleep("nap", 120);
          return i === 13 ? lib.Loop.break(added) : lib.Loop.continue({ i: i + 1, sum: added });
        },
      }),
  },
  {
    name: "joins-and-races",
    body: (_lib, world) => async (ctx) => {
      const joined = await ctx.join("j", {
        a: { run: (inner) => inner.step("s", traced(world, "a", "A")) },
        b: {
          run: async (inner) => {
            await inner.sleep("nap", 130);
            return inner.step("s", traced(world, "b", "B"));
          },
        },
      });
      const raced = await ctx.race<string>("r", [
        { name: "quick", run: (inner) => inner.step("s", traced(world, "quick", "Q")) },
        { name: "slow", run: (inner) => inner.sleep("nap", DECADES_MS).then(() => "S") },
      ]);
      const failed = await ctx.try("t", (inner) =>
        inner.join("f", { a: { run: () => Promise.reject(new TypeError("no")) } }),
      );
      const last = await ctx.step("last", traced(world, "last", "L"));
      return [joined, raced, failed.ok, last];
    },
  },
  {
    name: "failed-attempts",
    body: (_lib, world) => async (ctx) => {
      const tried = await ctx.tryStep({
        name: "hopeless",
        maxRetries: 2,
        retryBackoffBase: 1,
        run: async () => {
          world.effects.push("hopeless");
          throw new RangeError("too far");
        },
      });
      const seen = tried.ok
        ? null
        : [tried.failure.kind, tried.failure.attempts, tried.failure.error.message];
      const after = await ctx.step("after", traced(world, "after", "on"));
      return [seen, after];
    },
  },
  {
    name: "versions",
    body: (_lib, world) => async (ctx) => {
      const version = await ctx.getVersion("gate", 3);
      await ctx.removed("old", "step");
      await ctx.rollbackCheckpoint("cp");
      const a = await ctx.step("a", traced(world, "a", version));
      await ctx.sleep("nap", 110);
      return [version, a];
    },
  },
  {
    name: "rollback",
    ends: "failed",
    body: (_lib, world) => async (ctx) => {
      await ctx.rollbackCheckpoint("cp");
      for (const name of ["a", "b", "c"])
        await ctx.step({
          name,
          run: traced(world, `do ${name}`, name),
          rollback: async (_context, output) => {
            world.effects.push(`undo ${output}`);
          },
        });
      throw new Error("it failed");
    },
  },
  {
    name: "never-ends",
    ends: "cancelled",
    body: (_lib, world) => async (ctx) => {
      await ctx.step("a", traced(world, "a", 1));
      await ctx.sleep("nap", DECADES_MS);
    },
  },
];

/** Runs a program to its end on a driver, as a host would: again whenever its alarm has come. */
export async function pursue(
  lib: Library,
  driver: Driver,
  program: Program,
  world: World,
): Promise<{ output?: unknown; error?: string }> {
  for (let run = 0; run < 40; run++) {
    try {
      const handle = lib.runWorkflow("wf", program.body(lib, world), undefined, driver);
      const { state, output } = await handle.result;
      if (state === "completed") return { output };
      if (program.ends === "cancelled") await handle.cancel();
    } catch (error) {
      if ((await lib.loadStorage(driver)).state !== "rolling_back")
        return { error: (error as Error).message };
    }
    await pause(Math.max(0, (driver.getAlarm("wf") ?? 0) - Date.now()) + 1);
  }
  throw new Error(`Program "${program.name}" does not end.`);
}
