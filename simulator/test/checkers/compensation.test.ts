import { describe, expect, it } from "vitest";
import type { Entry } from "#holdfast/history/entry.ts";
import { encodeFailure } from "#holdfast/history/failure.ts";
import { StorageError } from "#holdfast/model/errors/storage-errors.ts";
import { allCompensated } from "../../checkers/i27-all-compensated.ts";
import { reverseOrder } from "../../checkers/i28-reverse-order.ts";
import { handlersOnce } from "../../checkers/i29-handlers-once.ts";
import { rollbackFromFailure } from "../../checkers/i30-rollback-from-failure.ts";

import { findings, settled, type Tale, type TaleRun, told } from "./tale.ts";

const armed = (sequence: number): Entry => settled(sequence, { armed: true });
const undone = (sequence: number, attempts = 1): Entry => ({
  ...armed(sequence),
  compensation: { attempts, retryAt: null, done: true, failure: null },
});
const error = new Error("no");

/** A run with two armed steps that fails. */
async function failing(run: TaleRun, at: Tale): Promise<void> {
  await run.commit({ put: { a: armed(1), b: armed(2) } });
  const outcome = { ok: false, error: "no" } as const;
  at.tell("host-0", { type: "pass-returned", run: "run", pass: 1, outcome });
  await run.commit({ status: "rolling_back", error, header: { rollback: "failure" } });
}

async function undo(run: TaleRun, path: string, entry: Entry): Promise<void> {
  run.start(path, { role: "handler" })();
  await run.commit({ status: "rolling_back", put: { [path]: entry } });
}

/** A rollback as it should be. */
function asItShouldBe(): Promise<Tale> {
  return told(async (run, at) => {
    await failing(run, at);
    await undo(run, "b", undone(2));
    await undo(run, "a", undone(1));
    await run.commit({ status: "failed" });
  });
}

describe("I27: all are compensated", () => {
  it("lets a rollback undo all armed steps, and lets one fail that tells so", async () => {
    expect(findings(allCompensated, (await asItShouldBe()).evidence())).toEqual([]);
  });

  it("speaks of steps that are left out or removed", async () => {
    const tale = await told(async (run, at) => {
      await run.commit({ put: { "r/~b/c": armed(3) } });
      await run.commit({ leave: ["r/~b"] });
      await failing(run, at);
      await undo(run, "b", undone(2));
      await run.commit({ status: "failed" });
    });
    expect(findings(allCompensated, tale.evidence())).toEqual([
      'the armed step at "r/~b/c" was removed',
      'the run was rolled back, and the step at "a" was not undone',
    ]);
  });

  it("speaks of a handler without an armed step, or in a run that does not roll back", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { a: settled(1) } });
      run.start("a", { role: "handler" });
    });
    expect(findings(allCompensated, tale.evidence())).toEqual([
      expect.stringContaining("no committed step is armed"),
      expect.stringContaining("in a run that is running"),
    ]);
  });

  it("speaks of a step that has a handler and is committed without", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { a: settled(1) } });
    });
    const handler = { attempts: [], maxRetries: 0, backoffMs: 0 };
    const plain = { maxRetries: 0, backoffMs: 0, timeoutMs: 0, retryOnTimeout: false, ephemeral: false };
    const step = {
      kind: "step",
      name: "a",
      attempts: [],
      asData: false,
      atMostOnce: false,
      ...plain,
    } as const;
    const evidence = tale.evidence({ body: { statements: [{ ...step, handler }] } });
    expect(findings(allCompensated, evidence)).toEqual(['the step at "a" was committed without its handler']);
  });
});

describe("I27: a cancel that compensates", () => {
  it("speaks when the run ends on the spot", async () => {
    const cancelled = (compensate: boolean) =>
      told(async (run, at) => {
        await run.commit({ put: { a: armed(1) } });
        at.call("run", { api: "cancel", compensate });
        await run.claim("client", { force: true });
        await run.commit({ status: "cancelled", process: "client" });
      });
    expect(findings(allCompensated, (await cancelled(false)).evidence())).toEqual([]);
    expect(findings(allCompensated, (await cancelled(true)).evidence())).toEqual([
      'the run was cancelled, and the step at "a" was not undone',
    ]);
  });
});

describe("I28: reverse order", () => {
  it("lets the last be undone first", async () => {
    expect(findings(reverseOrder, (await asItShouldBe()).evidence())).toEqual([]);
  });

  it("speaks when an earlier step is undone first", async () => {
    const tale = await told(async (run, at) => {
      await failing(run, at);
      await undo(run, "a", undone(1));
      await undo(run, "b", undone(2));
    });
    expect(findings(reverseOrder, tale.evidence())).toEqual([
      expect.stringContaining('the step at "b" (2) was undone after that of number 1'),
      'the handler of "a" started before that of "b"',
    ]);
  });
});

describe("I29: handlers once", () => {
  it("lets a handler start again after its process died, and after an attempt that is recorded", async () => {
    const tale = await told(async (run, at) => {
      await failing(run, at);
      run.start("b", { role: "handler" });
      at.tell("host-0", { type: "process-killed" });
      at.later(10_001);
      await run.claim("host-1");
      run.start("b", { role: "handler", process: "host-1" })({ ok: false, error: "no" });
      const failure = encodeFailure(error);
      const compensation = { attempts: 1, retryAt: 0, done: false, failure };
      await run.commit({
        status: "rolling_back",
        put: { b: { ...armed(2), compensation } },
        process: "host-1",
      });
      run.start("b", { role: "handler", attempt: 2, process: "host-1" });
    });
    expect(findings(handlersOnce, tale.evidence())).toEqual([]);
  });

  it("speaks of a start after the completion, and of a second one under the same claim", async () => {
    const tale = await told(async (run, at) => {
      await failing(run, at);
      await undo(run, "b", undone(2));
      run.start("b", { role: "handler" });
    });
    expect(findings(handlersOnce, tale.evidence())).toEqual([
      'the handler of "b" started again',
      expect.stringContaining("under the same claim"),
    ]);
  });
});

describe("I30: rollback comes from failure", () => {
  it("lets a failure and a cancel begin one", async () => {
    expect(findings(rollbackFromFailure, (await asItShouldBe()).evidence())).toEqual([]);
    const tale = await told(async (run, at) => {
      await run.commit({ put: { a: armed(1) } });
      at.call("run", { api: "cancel", compensate: true });
      await run.claim("client", { force: true });
      const header = { rollback: "cancel" } as const;
      await run.commit({ status: "rolling_back", wakeAt: 0, error, header, process: "client" });
    });
    expect(findings(rollbackFromFailure, tale.evidence())).toEqual([]);
  });

  it("speaks of one without cause, of one that is left, and of a failure of the storage", async () => {
    const tale = await told(async (run) => {
      const outcome = "unknown" as const;
      const failed = new StorageError("it broke", { outcome, retryable: true });
      await run.commit({ status: "rolling_back", error: failed, header: { rollback: "failure" } });
      await run.commit({ status: "running" });
    });
    expect(findings(rollbackFromFailure, tale.evidence())).toEqual([
      "a rollback began, though the workflow function had not ended",
      "the run failed with STORAGE, which is no failure of its code",
      "the run was rolling back, and a commit made it running",
    ]);
  });

  it("speaks of one for a cancel that nobody asked for", async () => {
    const tale = await told(async (run) => {
      await run.commit({ status: "rolling_back", error, header: { rollback: "cancel" } });
    });
    expect(findings(rollbackFromFailure, tale.evidence())).toEqual([
      "the run was rolled back for a cancel that nobody had asked for",
    ]);
  });
});
