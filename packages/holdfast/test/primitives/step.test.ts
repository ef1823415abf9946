import { CriticalError, RetryAfterError, RollbackError, type WorkflowErrorEvent } from "holdfast";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { crashDriver } from "../../src/testing/crash-driver.ts";
import { EngineLab } from "../engine-lab.ts";
import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";
import { bare, NOT_BOOLEAN, NOT_DURATION, NOT_FUNCTION } from "./bad-values.ts";

const COUNT = [
  [-1, "-1 (number)"],
  [1.5, "1.5 (number)"],
  [Number.NaN, "NaN (number)"],
  ["3", '"3" (string)'],
  [null, "null"],
  [2 ** 53, "9007199254740992 (number)"],
] as const;
const never = () => new Promise<never>(() => {});
const body = () => 1;
const stepWith = (options: object) => (ctx: WorkflowContext) =>
  ctx.step({ name: "op", run: body, ...options } as never);
const armedWith = (options: object) => async (ctx: WorkflowContext) =>
  ctx.step({ name: "op", run: body, rollback: { run: body, ...options } } as never);

applyLaws({
  kind: "step",
  perform: (ctx, name) => ctx.step(name, () => ({ n: 1 })),
  lasting: (ctx, name) => ctx.step({ name, timeout: 0, run: never }),
});

applyLaws({
  kind: "step",
  what: "tryStep",
  perform: (ctx, name) =>
    ctx
      .tryStep({
        name,
        maxRetries: 0,
        run: () => {
          throw new Error("x");
        },
      })
      .then((r) => r.ok),
  lasting: (ctx, name) => ctx.tryStep({ name, timeout: 0, run: never }),
});

refuseBadCalls("step", [
  ...wrongTypes("run", NOT_FUNCTION, (run) => stepWith({ run })),
  ...wrongTypes("maxRetries", COUNT, (maxRetries) => stepWith({ maxRetries })),
  ...wrongTypes("retryBackoffBase", NOT_DURATION, (retryBackoffBase) => stepWith({ retryBackoffBase })),
  ...wrongTypes("retryBackoffMax", NOT_DURATION, (retryBackoffMax) => stepWith({ retryBackoffMax })),
  ...wrongTypes(
    "retryBackoffFactor",
    [
      [0, "0 (number)"],
      [0.5, "0.5 (number)"],
      [Number.NaN, "NaN (number)"],
      [Number.POSITIVE_INFINITY, "Infinity (number)"],
      ["2", '"2" (string)'],
      [null, "null"],
    ],
    (retryBackoffFactor) => stepWith({ retryBackoffFactor }),
  ),
  ...wrongTypes(
    "retryJitter",
    [
      [-0.1, "-0.1 (number)"],
      [1.1, "1.1 (number)"],
      [Number.NaN, "NaN (number)"],
      ["half", '"half" (string)'],
      [null, "null"],
    ],
    (retryJitter) => stepWith({ retryJitter }),
  ),
  ...wrongTypes(
    "retryIf",
    [
      [null, "null"],
      [true, "true (boolean)"],
    ],
    (retryIf) => stepWith({ retryIf }),
  ),
  ...wrongTypes("timeout", NOT_DURATION, (timeout) => stepWith({ timeout })),
  ...wrongTypes("heartbeatTimeout", NOT_DURATION, (heartbeatTimeout) => stepWith({ heartbeatTimeout })),
  ...wrongTypes("retryOnTimeout", NOT_BOOLEAN, (retryOnTimeout) => stepWith({ retryOnTimeout })),
  ...wrongTypes("ephemeral", NOT_BOOLEAN, (ephemeral) => stepWith({ ephemeral })),
  ...wrongTypes(
    "delivery",
    [
      ["once", '"once" (string)'],
      [1, "1 (number)"],
      [null, "null"],
    ],
    (delivery) => stepWith({ delivery }),
  ),
  ...wrongTypes(
    "output",
    [
      [{}, "an object"],
      [null, "null"],
      ["string", '"string" (string)'],
    ],
    (output) => stepWith({ output }),
  ),
  ...wrongTypes(
    "rollback",
    [
      [null, "null"],
      [1, "1 (number)"],
      [{}, "undefined"],
      ["undo", '"undo" (string)'],
    ],
    (rollback) => stepWith({ rollback }),
  ),
  ...wrongTypes("rollback: maxRetries", COUNT, (maxRetries) => armedWith({ maxRetries })),
  ...wrongTypes("rollback timeout", NOT_DURATION, (timeout) => armedWith({ timeout })),
  ["no argument at all", bare((ctx) => ctx.step.bind(ctx)), ["undefined"]],
  ["a function without a name", bare((ctx) => ctx.step.bind(ctx), body), ["name of the step", "a function"]],
  ["null instead of a config", bare((ctx) => ctx.step.bind(ctx), null), ["null"]],
  ["tryStep: options as null", (ctx) => ctx.step("op", body, null as never), ["null"]],
]);

refuseBadCalls("tryStep", [
  ...wrongTypes(
    "catch",
    [
      ["critical", '"critical" (string)'],
      [null, "null"],
      [["late"], "an array of 1"],
      [[1], "an array of 1"],
    ],
    (given) => (ctx) => ctx.tryStep({ name: "op", run: body, catch: given }),
  ),
  ["no argument at all", bare((ctx) => ctx.tryStep.bind(ctx)), ["undefined"]],
]);

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** When each attempt of a step that always fails starts, after the first, in milliseconds. */
async function attemptTimes(
  options: object,
  error: () => unknown = () => new Error("no"),
): Promise<number[]> {
  const times: number[] = [];
  const workflow = (ctx: WorkflowContext) =>
    ctx.step({
      name: "fails",
      ...options,
      run: () => {
        times.push(lab.clock.now());
        throw error();
      },
    });
  await lab.outcome(workflow, { mode: "live" });
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

describe("retries of a step", () => {
  it.each<[string, object, number[]]>([
    ["by default come after 100 ms, doubled each time", {}, [100, 200, 400]],
    ["have the base that is given", { retryBackoffBase: "5s" }, [5_000, 10_000, 20_000]],
    ["grow by the factor that is given", { retryBackoffFactor: 10 }, [100, 1_000, 10_000]],
    ["do not grow with a factor of 1", { retryBackoffFactor: 1, maxRetries: 2 }, [100, 100]],
    [
      "wait no longer than the maximum",
      { retryBackoffBase: "1m", retryBackoffMax: "90s" },
      [60_000, 90_000, 90_000],
    ],
    ["are as many as maxRetries says", { maxRetries: 0 }, []],
  ])("%s", async (_outcome, options, waits) => {
    expect(await attemptTimes(options)).toEqual(waits);
  });

  it("with full jitter come within the wait, and not always at its end", async () => {
    const waits = await attemptTimes({
      retryJitter: "full",
      retryBackoffBase: "1h",
      retryBackoffFactor: 1,
      maxRetries: 30,
    });
    expect(waits).toHaveLength(30);
    expect(waits.every((wait) => wait <= 30_000)).toBe(true);
    expect(new Set(waits).size).toBeGreaterThan(10);
  });

  it.each<[string, () => unknown, number]>([
    ["RetryAfterError with a duration", () => new RetryAfterError("7s"), 7_000],
    ["RetryAfterError with an instant", () => new RetryAfterError(new Date(lab.clock.now() + 9_000)), 9_000],
    ["any error with retryAfter", () => Object.assign(new Error("busy"), { retryAfter: 1_234 }), 1_234],
    [
      "an error with a retryAfter that is no duration",
      () => Object.assign(new Error("x"), { retryAfter: "soon" }),
      100,
    ],
  ])("after %s come when it says", async (_what, error, wait) => {
    expect(await attemptTimes({ maxRetries: 1 }, error)).toEqual([wait]);
  });

  it.each<[string, object, () => unknown, string]>([
    ["CriticalError", {}, () => new CriticalError("stop"), "CriticalError"],
    ["RollbackError", {}, () => new RollbackError("undo"), "RollbackError"],
    ["a no of retryIf", { retryIf: () => false }, () => new TypeError("mine"), "TypeError"],
    [
      "a retryIf that throws",
      {
        retryIf: () => {
          throw new Error("?");
        },
      },
      () => new TypeError("mine"),
      "TypeError",
    ],
  ])(
    "do not come after %s, and the step fails with the error itself",
    async (_what, options, error, name) => {
      const run = vi.fn(() => {
        throw error();
      });
      const failure = await lab.failure((ctx: WorkflowContext) => ctx.step({ name: "a", ...options, run }));
      expect(failure.name).toBe(name);
      expect(run).toHaveBeenCalledTimes(1);
    },
  );

  it("ask retryIf with the error and the attempt", async () => {
    const retryIf = vi.fn((_error: unknown, attempt: number) => attempt < 2);
    expect(await attemptTimes({ retryIf })).toEqual([100]);
    expect(retryIf.mock.calls.map(([error, attempt]) => [(error as Error).message, attempt])).toEqual([
      ["no", 1],
      ["no", 2],
    ]);
  });

  it("tell the body attempt, last error and the same idempotency key, also after the run was parked", async () => {
    const seen: unknown[] = [];
    const workflow = (ctx: WorkflowContext) =>
      ctx.step({
        name: "a b",
        retryBackoffBase: "1h",
        retryBackoffMax: "1d",
        run: ({ attempt, lastError, idempotencyKey }) => {
          seen.push([attempt, (lastError as Error | undefined)?.message, idempotencyKey]);
          if (attempt < 3) throw new Error(`no ${attempt}`);
        },
      });
    for (let pass = 0; pass < 3; pass++) {
      const { sleepUntil } = await lab.run(workflow);
      await lab.clock.advanceTo(sleepUntil ?? 0);
    }
    expect(seen).toEqual([
      [1, undefined, "run/a%0020b"],
      [2, "no 1", "run/a%0020b"],
      [3, "no 2", "run/a%0020b"],
    ]);
  });
});

describe("timeouts of a step", () => {
  const slow =
    (options: object, body: () => Promise<unknown> = () => lab.clock.sleep(3_600_000)) =>
    (ctx: WorkflowContext) =>
      ctx.step({ name: "slow", ...options, run: body });

  it("come after 30 s by default, without a retry", async () => {
    const body = vi.fn(() => lab.clock.sleep(3_600_000));
    const began = lab.clock.now();
    const failure = await lab.failure(slow({}, body));
    expect(failure.name).toBe("StepTimeoutError");
    expect(lab.clock.now() - began).toBe(30_000);
    expect(body).toHaveBeenCalledTimes(1);
  });

  it("are retried where retryOnTimeout says so", async () => {
    const body = vi.fn(() => lab.clock.sleep(3_600_000));
    const failure = await lab.failure(slow({ timeout: "1s", retryOnTimeout: true, maxRetries: 2 }, body));
    expect(failure.name).toBe("StepExhaustedError");
    expect((failure.cause as Error).name).toBe("StepTimeoutError");
    expect(body).toHaveBeenCalledTimes(3);
  });

  it("never come with a timeout of 0", async () => {
    expect((await lab.run(slow({ timeout: 0 }))).state).toBe("completed");
  });

  it("abort the signal with the error, and report the late end as orphaned", async () => {
    let reason: unknown;
    const workflow = async (ctx: WorkflowContext) => {
      const tried = await ctx.tryStep({
        name: "slow",
        timeout: "1s",
        run: async ({ signal }) => {
          await lab.clock.sleep(5_000);
          reason = signal.reason;
          return "late";
        },
      });
      await ctx.step({ name: "on", timeout: 0, run: () => lab.clock.sleep(10_000) });
      return tried.ok ? "ok" : tried.failure.kind;
    };
    expect((await lab.run(workflow)).output).toBe("timeout");
    expect((reason as { code: string }).code).toBe("STEP_TIMEOUT");
    expect(lab.events.filter(({ type }) => type === "step-orphaned")).toHaveLength(1);
  });

  it("of heartbeats do not come while the body sends some, and the last details come to the next attempt", async () => {
    const seen: unknown[] = [];
    const workflow = (ctx: WorkflowContext) =>
      ctx.step({
        name: "beats",
        timeout: 0,
        heartbeatTimeout: "1s",
        retryOnTimeout: true,
        run: async ({ attempt, heartbeat, lastHeartbeat }) => {
          seen.push(lastHeartbeat);
          for (let i = 0; i < 5; i++) {
            await lab.clock.sleep(900);
            heartbeat({ done: i });
          }
          if (attempt === 1) await lab.clock.sleep(5_000);
          return "done";
        },
      });
    expect((await lab.run(workflow)).output).toBe("done");
    expect(seen).toEqual([undefined, { done: 4 }]);
  });

  it("of heartbeats leave the last details as they were when they were told", async () => {
    const seen: unknown[] = [];
    const workflow = (ctx: WorkflowContext) =>
      ctx.step({
        name: "beats",
        retryBackoffBase: 1,
        run: ({ attempt, heartbeat, lastHeartbeat }) => {
          seen.push(lastHeartbeat);
          const progress = { done: 1 };
          heartbeat(progress);
          progress.done = 2;
          if (attempt === 1) throw new Error("between two heartbeats");
        },
      });
    await lab.run(workflow);
    expect(seen).toEqual([undefined, { done: 1 }]);
  });

  it("of the output schema end the attempt, and the last details of a heartbeat come to the next one", async () => {
    const seen: unknown[] = [];
    let asked = 0;
    const validate = (value: unknown) => (asked++ === 0 ? new Promise<never>(() => {}) : { value });
    const workflow = (ctx: WorkflowContext) =>
      ctx.step({
        name: "beats",
        timeout: "1s",
        retryOnTimeout: true,
        output: { "~standard": { version: 1, vendor: "test", validate } },
        run: ({ attempt, heartbeat, lastHeartbeat }) => {
          seen.push(lastHeartbeat);
          heartbeat({ attempt });
          return "done";
        },
      });
    expect((await lab.run(workflow)).output).toBe("done");
    expect(seen).toEqual([undefined, { attempt: 1 }]);
  });
});

it("an at-most-once step that a dead process has left is told of as failed, and once", async () => {
  const told: unknown[] = [];
  const workflow = async (ctx: WorkflowContext) => {
    const result = await ctx.tryStep({
      name: "charge",
      delivery: "at-most-once",
      timeout: 0,
      run: () => new Promise(() => {}),
    });
    await ctx.sleep("later", "1h");
    return result.ok;
  };
  const onError = (event: WorkflowErrorEvent) => {
    if ("step" in event)
      told.push([event.step.attempt, event.step.willRetry, (event.step.error as Error).name]);
  };
  const options = { mode: "live", onError } as const;
  const driver = crashDriver(lab.storage, { onCrash: () => {} });
  lab.start(workflow, { ...options, driver }).result.catch(() => {});
  await lab.clock.advance(1_000);
  driver.crash();
  expect(await lab.run(workflow, options)).toMatchObject({ output: false });
  expect(told).toEqual([[1, false, "StepInterruptedError"]]);
  const failed = lab.events.filter(({ type }) => type === "step-failed");
  expect(failed).toMatchObject([{ name: "charge", attempt: 1, willRetry: false, retryAt: null }]);
});

describe("commits of steps", () => {
  const three = (options: object) => async (ctx: WorkflowContext) => {
    for (const name of ["a", "b", "c"]) await ctx.step({ name, ...options, run: () => name });
  };

  it("are one for each step of a sequence, and one that creates the run", async () => {
    await lab.run(three({}));
    expect(lab.commits).toBe(4);
  });

  it("are left out between ephemeral steps", async () => {
    await lab.run(three({ ephemeral: true }));
    expect(lab.commits).toBe(2);
  });
});
