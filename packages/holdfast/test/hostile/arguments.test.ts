import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import {
  abortable,
  createClient,
  createHost,
  defineWorkflow,
  HoldfastError,
  kvDriver,
  Loop,
  RetryAfterError,
  runWorkflow,
  type WorkflowContext,
} from "holdfast";
import { durableDriver, objectClient, workflowObject } from "holdfast/cloudflare";
import { memoryDriver, memoryStore } from "holdfast/memory";
import { sqliteDriver, sqliteStore } from "holdfast/sqlite";
import { crashDriver, crashEverywhere, createTestHost, replay, virtualClock } from "holdfast/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { MemoryOrderedKV } from "../../src/testing/memory-ordered-kv.ts";
import { EngineLab } from "../engine-lab.ts";
import { EXOTIC, spoil } from "./bad-arguments.ts";
import { expectNoStrays } from "./stray-watch.ts";

type Call = (...args: readonly unknown[]) => unknown;

/** A function that is called in whatever way. */
const loosely = (call: unknown): Call => call as Call;

/** What a call came to: its error, or null. */
async function refusalOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return null;
  } catch (error) {
    return error ?? "nothing was thrown";
  }
}

const value = () => 1;
const branch = { run: async () => 1 };
const everyStepOption = {
  maxRetries: 1,
  retryBackoffBase: 1,
  retryBackoffMax: "1s",
  retryBackoffFactor: 2,
  retryJitter: "none",
  retryIf: () => true,
  timeout: 10,
  heartbeatTimeout: 10,
  retryOnTimeout: false,
  ephemeral: false,
  delivery: "at-least-once",
};

/** Each operation of a context, with arguments that are right. */
const operations: Readonly<Record<string, (ctx: WorkflowContext) => readonly [Call, readonly unknown[]]>> = {
  step: (ctx) => [loosely(ctx.step.bind(ctx)), ["a", value, everyStepOption]],
  "step as an object": (ctx) => [
    loosely(ctx.step.bind(ctx)),
    [{ name: "a", run: value, ...everyStepOption }],
  ],
  "step with a rollback": (ctx) => [
    (rollback) => ctx.step({ name: "a", run: value, rollback } as never),
    [{ run: value, timeout: 1, maxRetries: 1 }],
  ],
  tryStep: (ctx) => [
    loosely(ctx.tryStep.bind(ctx)),
    ["a", value, { ...everyStepOption, catch: ["critical"] }],
  ],
  try: (ctx) => [loosely(ctx.try.bind(ctx)), ["a", value, { catch: ["step"] }]],
  loop: (ctx) => [loosely(ctx.loop.bind(ctx)), ["a", () => Loop.break(1)]],
  "loop as an object": (ctx) => [
    loosely(ctx.loop.bind(ctx)),
    [{ name: "a", run: () => Loop.break(1), historyPruneInterval: 2, historySize: 2, commitInterval: 1 }],
  ],
  sleep: (ctx) => [loosely(ctx.sleep.bind(ctx)), ["a", 5]],
  sleepUntil: (ctx) => [loosely(ctx.sleepUntil.bind(ctx)), ["a", 5]],
  "queue.next": (ctx) => [
    loosely(ctx.queue.next.bind(ctx.queue)),
    ["a", { names: ["m"], timeout: 5, completable: false }],
  ],
  "queue.nextBatch": (ctx) => [
    loosely(ctx.queue.nextBatch.bind(ctx.queue)),
    ["a", { names: ["m"], count: 2, timeout: 5, completable: false }],
  ],
  "queue.send": (ctx) => [loosely(ctx.queue.send.bind(ctx.queue)), ["m", 1, { to: "run" }]],
  listen: (ctx) => [loosely(ctx.listen.bind(ctx)), ["a", "m"]],
  listenN: (ctx) => [loosely(ctx.listenN.bind(ctx)), ["a", "m", 2]],
  listenWithTimeout: (ctx) => [loosely(ctx.listenWithTimeout.bind(ctx)), ["a", "m", 5]],
  listenUntil: (ctx) => [loosely(ctx.listenUntil.bind(ctx)), ["a", "m", 5]],
  listenNWithTimeout: (ctx) => [loosely(ctx.listenNWithTimeout.bind(ctx)), ["a", "m", 2, 5]],
  listenNUntil: (ctx) => [loosely(ctx.listenNUntil.bind(ctx)), ["a", "m", 2, 5]],
  join: (ctx) => [loosely(ctx.join.bind(ctx)), ["a", { one: branch }]],
  "a branch of join": (ctx) => [(one) => ctx.join("a", { one } as never), [branch]],
  race: (ctx) => [loosely(ctx.race.bind(ctx)), ["a", [{ name: "one", ...branch }]]],
  "a branch of race": (ctx) => [(one) => ctx.race("a", [one] as never), [{ name: "one", ...branch }]],
  map: (ctx) => [
    loosely(ctx.map.bind(ctx)),
    ["a", [1], value, { concurrency: 1, minSuccessful: 1, toleratedFailures: 0 }],
  ],
  rollbackCheckpoint: (ctx) => [loosely(ctx.rollbackCheckpoint.bind(ctx)), ["a"]],
  getVersion: (ctx) => [loosely(ctx.getVersion.bind(ctx)), ["a", 2]],
  removed: (ctx) => [loosely(ctx.removed.bind(ctx)), ["a", "step"]],
};

/** Where names are the user's own, none is misspelt. */
const OWN_NAMES = new Set(["join"]);

describe.each(Object.entries(operations))("ctx.%s", (name, operation) => {
  const argumentsOf = () =>
    operation(
      new Proxy({} as WorkflowContext, { get: () => new Proxy(() => {}, { get: () => () => {} }) }),
    )[1];

  it("refuses bad arguments by type, on the spot, and writes nothing of them", async () => {
    expectNoStrays();
    for (const { how, misspelt, args } of spoil(argumentsOf())) {
      const lab = new EngineLab();
      let error: unknown = null;
      await lab.outcome(async (ctx: WorkflowContext) => {
        await ctx.rollbackCheckpoint("armed");
        const [call] = operation(ctx);
        try {
          const pending = call(...args);
          Promise.resolve(pending).catch(() => {});
        } catch (thrown) {
          error = thrown;
        }
        await ctx.step("rest", value);
      });
      if (misspelt && !OWN_NAMES.has(name)) expect(error, `${name}: ${how}`).not.toBeNull();
      if (error === null) continue;
      expect(HoldfastError.is(error), `${name}: ${how}: ${error}`).toBe(true);
      const { entries } = await lab.start(async () => 1).history();
      expect(
        entries.map(({ id }) => id),
        how,
      ).toEqual(["armed", "rest"]);
    }
  });
});

const order = defineWorkflow({ name: "order", run: (ctx) => ctx.listen("w", "m") });

/** Each method of a host and its handles, with arguments that are right; all are about run "a". */
const ofHosts: Readonly<Record<string, readonly unknown[]>> = {
  "host.start": [order, { workflowId: "b", input: 1 }],
  "host.get": ["a", order],
  "host.handle": ["a", order],
  "host.list": [{ status: "running", workflowName: "order", limit: 5, cursor: null }],
  "host.delete": ["nobody"],
  "handle.send": ["m", 1, { messageId: "x", expiresIn: 5 }],
  "handle.message": ["m", 1, { messageId: "x", expiresIn: 5 }],
  "handle.request": ["m", 1, { messageId: "x", expiresIn: 5, timeout: 0 }],
  "handle.result": [{ wait: false, timeout: 0 }],
  "handle.cancel": [{ compensate: false }],
  "handle.rewind": [{ to: "nothing" }],
  "handle.fork": [{ from: "nothing", workflowId: "c" }],
};

describe.each(Object.entries(ofHosts))("%s", (path, right) => {
  const [whose, method] = path.split(".") as [string, string];

  it.each(["host", "client"])("of a %s refuses bad arguments by type, and writes nothing", async (kind) => {
    expectNoStrays();
    for (const { how, misspelt, args } of spoil(right)) {
      const store = memoryStore();
      const clock = virtualClock();
      const settings = { store, clock, scheduler: clock.scheduler };
      const client = createClient(settings);
      await client.start(order, { workflowId: "a" });
      const host = kind === "host" ? await createHost({ ...settings, workflows: [order] }) : null;
      await clock.advance(10_000);
      const subject: object = whose === "host" ? (host ?? client) : (host ?? client).handle("a");
      const before = store.stats.transactions;
      const called = refusalOf(() => loosely(Reflect.get(subject, method)).apply(subject, args as unknown[]));
      const ended = Promise.race([called, clock.sleep(40_000).then(() => "waits")]);
      await clock.advance(50_000);
      const error = await ended;
      if (misspelt) expect(error, `${path}: ${how}`).toMatchObject({ code: "INVALID_ARGUMENT" });
      if (error !== null && error !== "waits") {
        expect(HoldfastError.is(error), `${path}: ${how}: ${error}`).toBe(true);
        const refused = ["INVALID_ARGUMENT", "LIMIT", "UNSERIALIZABLE_VALUE"].includes(
          (error as HoldfastError).code,
        );
        if (refused) expect(store.stats.transactions, `${path}: ${how}`).toBe(before);
      }
      if (host !== null) await clock.settle(host.stop());
    }
  });
});

const clock = virtualClock();
const engineOptions = {
  clock,
  scheduler: clock.scheduler,
  random: { bytes: (length: number) => new Uint8Array(length), float: () => 0 },
  logger: { debug: value, info: value, warn: value, error: value },
  observers: [],
  onError: value,
  onHistoryUpdated: value,
  limits: { depth: 5 },
  codec: { encode: () => new Uint8Array(1), decode: value },
  strict: false,
};
const storageOptions = { clock, limits: { queuedMessages: 5 }, driverLimits: { valueBytes: 5_000 } };

const recorded = memoryDriver();
await runWorkflow("run", async () => 1, undefined, recorded).result;

class Namespace {
  idFromName = value;
  get = value;
}

function fakeState() {
  const storage = {
    sql: { exec: () => ({ toArray: () => [] }) },
    transactionSync: (work: () => unknown) => work(),
  };
  // The platform's own: what it is like inside is not asked.
  return new (class {
    id = { name: "run", toString: () => "id" };
    storage = storage;
  })();
}

/** A wrong path may be one that a file can have: that file is made where nobody minds. */
function apart(options: unknown): unknown {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const moved = (path: unknown): unknown => (path === "soon" ? join(folder, "soon") : path);
  try {
    const given = options as { path: unknown };
    return given.path === "soon" ? { ...given, path: moved("soon") } : moved(options);
  } catch {
    return options;
  }
}

/** What opens something, with arguments that are right; `stop` of what is opened is called. */
const doors: Readonly<Record<string, readonly [Call, () => readonly unknown[]]>> = {
  defineWorkflow: [loosely(defineWorkflow), () => [{ name: "w", version: "1", run: value, messages: {} }]],
  createHost: [
    loosely(createHost),
    () => [
      {
        ...engineOptions,
        store: memoryStore(),
        workflows: [order],
        pollMs: 5,
        concurrency: 1,
        leaseMs: 1_000,
        cacheSize: 1,
        retention: { completedMs: 1 },
        drainOnSignal: false,
      },
    ],
  ],
  createClient: [loosely(createClient), () => [{ ...engineOptions, store: memoryStore(), pollMs: 5 }]],
  createTestHost: [loosely(createTestHost), () => [{ workflows: [order], now: 5, leaseMs: 1_000 }]],
  memoryStore: [loosely(memoryStore), () => [storageOptions]],
  memoryDriver: [loosely(memoryDriver), () => [{ ...storageOptions, workflowId: "run" }]],
  sqliteStore: [
    (options) => loosely(sqliteStore)(apart(options)),
    () => [{ ...storageOptions, path: ":memory:", synchronous: "full", busyTimeoutMs: 5, pollMs: 5 }],
  ],
  sqliteDriver: [
    loosely(sqliteDriver),
    () => [new DatabaseSync(":memory:"), "run", { ...storageOptions, synchronous: "full", pollMs: 5 }],
  ],
  durableDriver: [loosely(durableDriver), () => [fakeState(), { ...storageOptions, watchMs: 5 }]],
  workflowObject: [loosely(workflowObject), () => [class {}, order, { ...engineOptions, watchMs: 5 }]],
  objectClient: [loosely(objectClient), () => [new Namespace(), order]],
  crashEverywhere: [
    loosely(crashEverywhere),
    () => [
      { name: "p", workflow: async () => 1, sameEffects: true },
      { modes: ["yield"], faults: [], double: false },
    ],
  ],
  replay: [loosely(replay), () => [async () => 1, recorded, { workflowId: "run", strict: false }]],
  kvDriver: [
    loosely(kvDriver),
    () => [new MemoryOrderedKV(), { ...storageOptions, workflowId: "run", watchMs: 5 }],
  ],
  crashDriver: [loosely(crashDriver), () => [memoryDriver(), { faults: [], onCrash: value }]],
  virtualClock: [loosely(virtualClock), () => [{ now: 5 }]],
  "clock.advance": [(...args) => loosely(clock.advance.bind(clock))(...args), () => [5]],
  "clock.advanceTo": [(...args) => loosely(clock.advanceTo.bind(clock))(...args), () => [5]],
  abortable: [loosely(abortable), () => [Promise.resolve(), AbortSignal.abort()]],
  runWorkflow: [
    async (...args) => (await (loosely(runWorkflow)(...args) as { evict(): Promise<void> }).evict()) ?? null,
    () => ["run", async () => 1, 1, memoryDriver(), { mode: "yield" }],
  ],
};

describe.each(Object.entries(doors))("%s", (name, [open, right]) => {
  it("refuses bad arguments by type", async () => {
    expectNoStrays();
    for (const { how, misspelt, args } of spoil(right())) {
      const error = await refusalOf(async () => {
        const opened = (await open(...args)) as { stop?: () => unknown; close?: () => unknown } | null;
        await opened?.stop?.();
      });
      if (misspelt) expect(error, `${name}: ${how}`).toMatchObject({ code: "INVALID_ARGUMENT" });
      const known = HoldfastError.is(error) || name === "abortable";
      if (error !== null) expect(known, `${name}: ${how}: ${error}`).toBe(true);
    }
  });
});

it.each<[string, Call, readonly unknown[], string]>([
  [
    "retries are lost by a typo",
    loosely(createClient),
    [{ store: memoryStore(), pollMS: 5 }],
    'Did you mean "pollMs"?',
  ],
  [
    "a clock lacks its methods",
    loosely(createClient),
    [{ store: memoryStore(), clock: {} }],
    "now(), monotonic(), setTimer()",
  ],
  [
    "a delay of a RetryAfterError is none",
    (delay) => new RetryAfterError(delay as never),
    ["soon"],
    "retryAfter",
  ],
])("a refusal says what is meant: %s", async (_what, call, args, says) => {
  const error = await refusalOf(() => call(...args));
  expect(error).toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining(says) });
});

it.each<[string, (ctx: WorkflowContext) => unknown, string]>([
  [
    "a step's misspelt retries",
    (ctx) => ctx.step("a", value, { retrys: 3 } as never),
    '"retryIf" or "maxRetries"',
  ],
  [
    "a step's misspelt timeout",
    (ctx) => ctx.step({ name: "a", run: value, timeOut: 3 } as never),
    '"timeout"',
  ],
  [
    "options behind a loop's function",
    (ctx) => loosely(ctx.loop.bind(ctx))("a", value, { historySize: 1 }),
    "one object",
  ],
])("%s is explained, and the code goes on", async (_what, wrong, says) => {
  const { output } = await new EngineLab().run(async (ctx: WorkflowContext) => {
    const error = await refusalOf(() => wrong(ctx));
    return [(error as Error).message, await ctx.step("a", value)];
  });
  expect(output).toEqual([expect.stringContaining(says), 1]);
});

it("options may be instances of classes, with members of their own, and unknown names that are undefined", async () => {
  class Policy {
    readonly label = "of mine";
    get maxRetries() {
      return 1;
    }
    get retryBackoffBase() {
      return 0;
    }
  }
  let starts = 0;
  const { output } = await new EngineLab().run(async (ctx: WorkflowContext) => {
    const tried = await ctx.tryStep(
      "a",
      () => {
        starts += 1;
        throw new Error("no");
      },
      new Policy(),
    );
    return [tried.ok, await ctx.step("b", value, { retrys: undefined } as never)];
  });
  expect(output).toEqual([false, 1]);
  expect(starts).toBe(2);
});

it("two wrong arguments at once are refused like one", async () => {
  expectNoStrays();
  const call = fc.constantFrom(...Object.entries(operations));
  const exotic = fc.constantFrom(...EXOTIC);
  await fc.assert(
    fc.asyncProperty(call, fc.array(exotic, { maxLength: 4 }), async ([name, operation], values) => {
      const lab = new EngineLab();
      await lab.outcome(async (ctx: WorkflowContext) => {
        const error = await refusalOf(() => {
          const pending = operation(ctx)[0](...values.map(([, make]) => make()));
          Promise.resolve(pending).catch(() => {});
        });
        if (error !== null) expect(HoldfastError.is(error), `${name}: ${error}`).toBe(true);
      });
    }),
    { numRuns: 300 },
  );
});
