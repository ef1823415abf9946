import {
  defaultCodec,
  type HistorySnapshot,
  HoldfastError,
  type PayloadCodec,
  type Schema,
  type WorkflowContext,
} from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { expectNoStrays } from "./stray-watch.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

const workflow = async (ctx: WorkflowContext) => {
  ctx.log.info("hello");
  const tried = await ctx.tryStep({
    name: "fails",
    maxRetries: 1,
    retryBackoffBase: 0,
    run: (step) => {
      step.log.warn("about to fail");
      throw new Error("no");
    },
  });
  await ctx.sleep("rest", 10);
  return [tried.ok, await ctx.step("after", () => "after")];
};

/** Ways in which something that is called fails. */
const failing: Readonly<Record<string, () => unknown>> = {
  "throws an error": () => {
    throw new Error("hook");
  },
  "throws null": () => {
    throw null;
  },
  "throws a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    throw proxy;
  },
  "gives a promise that rejects": () => Promise.reject(new Error("hook")),
  "gives a promise that rejects later": async () => {
    await Promise.resolve();
    throw new Error("hook");
  },
  "gives a thenable that throws": () => ({
    // biome-ignore lint/suspicious/noThenProperty: a hostile thenable is what the test is about.
    then: () => {
      throw new Error("hook");
    },
  }),
};

it("what one observer does to an event is not seen by the others", async () => {
  const told: string[][] = [[], []];
  const tampering = (seen: string[] | undefined) => (event: object) => {
    seen?.push(JSON.stringify(event));
    Object.assign(event, { type: "tampered", at: 0, wants: null });
    for (const value of Object.values(event)) if (Array.isArray(value)) value.length = 0;
  };
  const workflow = (ctx: WorkflowContext) => ctx.listenWithTimeout("wait", "go", 10);
  const run = lab.start(workflow, { observers: told.map(tampering), mode: "live" });
  await lab.clock.settle(run.result);
  expect(told[1]).toEqual(told[0]);
  expect(told[0]?.join()).toContain('"wants":["go"]');
});

it("what one does to a snapshot is not seen by others who are given it", async () => {
  const tampering = (snapshot: HistorySnapshot): void => {
    const { entries } = snapshot as unknown as { entries: { name: string }[] };
    for (const change of [
      () => entries.reverse(),
      () => Object.assign(entries[0] ?? {}, { name: "tampered" }),
      () => Object.assign(snapshot, { status: "failed" }),
    ])
      expect(change).toThrow(TypeError);
  };
  const seen: HistorySnapshot[] = [];
  const run = lab.start(workflow, { mode: "live", onHistoryUpdated: tampering });
  const watching = (async () => {
    for await (const snapshot of run.watch()) seen.push(snapshot);
  })();
  await lab.clock.settle(Promise.all([run.result, watching]));
  expect(seen.at(-1)?.status).toBe("completed");
  expect(seen.at(-1)?.entries.map(({ name }) => name)).toEqual(["fails", "rest", "after"]);
});

it("observers, onError and the logger change nothing by what they do to what they are told", async () => {
  const tamper = (told: object): void => {
    for (const value of Object.values(told)) {
      if (value instanceof Error) Object.assign(value, { message: "tampered", retryAfter: "1d" });
      else if (Array.isArray(value)) value.length = 0;
      else if (typeof value === "object" && value !== null) tamper(value);
    }
  };
  const seen: unknown[] = [];
  const workflow = async (ctx: WorkflowContext) => {
    await ctx.rollbackCheckpoint("from here");
    await ctx.step({
      name: "undoable",
      run: () => 1,
      rollback: {
        maxRetries: 1,
        retryBackoffBase: 1,
        run: ({ lastError }) => {
          seen.push((lastError as Error | undefined)?.message);
          throw new Error("handler");
        },
      },
    });
    const failed = await ctx.tryStep({
      name: "failing",
      maxRetries: 1,
      retryBackoffBase: 1,
      run: ({ lastError }) => {
        seen.push((lastError as Error | undefined)?.message);
        throw new Error("body");
      },
    });
    throw failed.ok ? new Error("it did not fail") : failed.failure.error;
  };
  const logger = { debug: tamper, info: tamper, warn: tamper, error: tamper };
  const failure = await lab.failure(workflow, { observers: [tamper], onError: tamper, logger });
  expect(seen).toEqual([undefined, "body", undefined, "handler"]);
  expect(failure.name).toBe("RollbackFailedError");
  const own = failure.cause as Error;
  expect(own.name).toBe("StepExhaustedError");
  expect([failure.message, own.message]).not.toContain("tampered");
  expect((own.cause as Error).message).toBe("body");
});

describe.each(Object.entries(failing))("a hook that %s changes nothing:", (_, fail) => {
  const call = fail as () => void;

  it.each<[string, Parameters<EngineLab["start"]>[1]]>([
    ["an observer", { observers: [call] }],
    ["onError", { onError: call }],
    ["onHistoryUpdated", { onHistoryUpdated: call }],
    ["a logger", { logger: { debug: call, info: call, warn: call, error: call } }],
  ])("%s", async (_name, options) => {
    expectNoStrays();
    const result = await lab.run(workflow, { mode: "live", ...options });
    expect(result.output).toEqual([false, "after"]);
  });

  it("all of them at once", async () => {
    expectNoStrays();
    const logger = { debug: call, info: call, warn: call, error: call };
    const hooks = { observers: [call, call], onError: call, onHistoryUpdated: call, logger };
    expect((await lab.run(workflow, { mode: "live", ...hooks })).output).toEqual([false, "after"]);
  });

  it("retryIf ends the attempts, and the step fails with its own error", async () => {
    expectNoStrays();
    const error = await lab.failure(
      (ctx: WorkflowContext) =>
        ctx.step({
          name: "a",
          maxRetries: 1,
          retryBackoffBase: 0,
          retryIf: fail as () => boolean,
          run: () => {
            throw new Error("first");
          },
        }),
      { mode: "live" },
    );
    expect(HoldfastError.is(error) || error.message === "first").toBe(true);
    expect(error.message === "first" || (error.cause as Error).message === "first").toBe(true);
  });
});

describe.each(
  Object.entries(failing).filter(([name]) => !name.includes("null") && !name.includes("revoked")),
)("a schema that %s", (_, fail) => {
  const schema: Schema<unknown, unknown> = {
    "~standard": { version: 1, vendor: "hostile", validate: fail as never },
  } as never;

  it("refuses the input by failing, before anything is written", async () => {
    expectNoStrays();
    const definition = { name: "w", input: schema, run: async () => 1 };
    const outcome = await lab.outcome(definition as never, { input: 1 });
    expect(!outcome.ok && HoldfastError.is(outcome.error)).toBe(true);
    expect(lab.commits).toBe(0);
  });

  it("fails the step whose result it checks, at once: its body has done its work", async () => {
    expectNoStrays();
    let bodies = 0;
    const outcome = await lab.outcome(
      (ctx: WorkflowContext) => ctx.step({ name: "a", output: schema, run: () => (bodies += 1) }),
      { mode: "live" },
    );
    expect(!outcome.ok && HoldfastError.is(outcome.error)).toBe(true);
    expect(bodies).toBe(1);
    expect(await lab.start(async () => 1).getState()).toBe("failed");
  });
});

it.each<[string, unknown]>([
  ["no issue", [null]],
  ["a path with nothing in it", [{ message: "m", path: [null] }]],
  ["a message that cannot be read", [{ message: { toString: boom } }]],
])("a schema that gives as an issue %s is told to be none", async (_, issues) => {
  const input = { "~standard": { version: 1, vendor: "hostile", validate: () => ({ issues }) } };
  const error = await lab.failure({ name: "w", input, run: async () => 1 } as never);
  expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
});

it("a schema whose result throws when it is looked at refuses the value", async () => {
  const result = Object.defineProperty({}, "value", { get: boom });
  const input = { "~standard": { version: 1, vendor: "hostile", validate: () => result } };
  const error = await lab.failure({ name: "w", input, run: async () => 1 } as never);
  expect(error).toMatchObject({ code: "VALIDATION" });
});

describe.each<[string, (codec: { broken: boolean }) => PayloadCodec]>([
  [
    "throws while it encodes",
    (it) => ({
      ...defaultCodec,
      encode: (value, what) => (it.broken ? boom() : defaultCodec.encode(value, what)),
    }),
  ],
  [
    "rejects while it encodes",
    (it) => ({
      ...defaultCodec,
      encode: async (value, what) => (it.broken ? boom() : defaultCodec.encode(value, what)),
    }),
  ],
  [
    "throws while it decodes",
    (it) => ({ ...defaultCodec, decode: (bytes) => (it.broken ? boom() : defaultCodec.decode(bytes)) }),
  ],
  [
    "rejects while it decodes",
    (it) => ({ ...defaultCodec, decode: async (bytes) => (it.broken ? boom() : defaultCodec.decode(bytes)) }),
  ],
])("a codec that %s", (_, make) => {
  it("loses nothing: the run ends as it should when the codec works again", async () => {
    expectNoStrays();
    const state = { broken: false };
    const codec = make(state);
    const steps = async (ctx: WorkflowContext, input: unknown) => {
      const a = await ctx.step("a", () => ({ n: 1 }));
      await ctx.sleep("rest", 10);
      return [input, a, await ctx.tryStep("b", () => ({ n: 2 }))];
    };
    await lab.run(steps as never, { codec, input: { given: true } });
    await lab.clock.advance(10);
    state.broken = true;
    const broken = await lab.outcome(steps as never, { codec });
    state.broken = false;
    if (broken.ok) return;
    const result = await lab.outcome(steps as never, { codec });
    const expected = [{ given: true }, { n: 1 }, { ok: true, value: { n: 2 } }];
    expect(result.ok ? result.value.output : await lab.start(steps as never).getState()).toEqual(
      result.ok ? expected : "failed",
    );
  });
});

function boom(): never {
  throw new Error("the key service is down");
}
