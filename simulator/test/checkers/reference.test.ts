import { describe, expect, it } from "vitest";
import { JoinError } from "#holdfast/model/errors/block-errors.ts";
import { EntryInProgressError } from "#holdfast/model/errors/history-errors.ts";
import { CriticalError, StepExhaustedError } from "#holdfast/model/errors/step-errors.ts";
import { asTheReference } from "../../checkers/i09-as-the-reference.ts";
import type { Program, Statement, StepStatement } from "../../program/program.ts";
import { failed, findings, pending, settled, type TaleRun, told } from "./tale.ts";

const step = (name: string, parts: Partial<StepStatement> = {}): StepStatement => ({
  kind: "step",
  name,
  attempts: [{ ms: 0, heedsAbort: true, ends: { value: "number" } }],
  asData: false,
  maxRetries: 0,
  backoffMs: 0,
  timeoutMs: 0,
  retryOnTimeout: false,
  ephemeral: false,
  atMostOnce: false,
  ...parts,
});
const body = (...statements: readonly Statement[]): Program["body"] => ({ statements });
const branch = (name: string, ...statements: readonly Statement[]) => ({ name, body: body(...statements) });
/** What body number `start` of such a step gives. */
const given = (start: number) => ({ start, it: 42 });

/** What is said of a run of the program that came to this. */
async function said(program: Program["body"], tell: (run: TaleRun) => Promise<void>) {
  const tale = await told(async (run, at) => {
    at.tell("host-0", { type: "pass-started", run: "run", pass: 1, version: 1 });
    await tell(run);
  });
  return findings(asTheReference, tale.evidence({ body: program }));
}

describe("I9: as the reference", () => {
  it("follows steps one after the other", async () => {
    const ended = (output: unknown) =>
      said(body(step("a"), step("b")), async (run) => {
        run.start("a");
        run.start("b");
        const put = { a: settled(1, { value: given(1) }), b: settled(2, { value: given(2) }) };
        await run.commit({ status: "completed", put, output });
      });
    expect(await ended([given(1), given(2)])).toEqual([]);
    expect(await ended([given(2), given(1)])).toEqual([
      expect.stringMatching(/^the run ended .*by its program/),
    ]);
  });

  it("knows what a step can give", async () => {
    const ended = (value: unknown) =>
      said(body(step("a")), async (run) => {
        run.start("a");
        await run.commit({ status: "completed", put: { a: settled(1, { value }) }, output: [value] });
      });
    expect(await ended(given(1))).toEqual([]);
    expect(await ended(given(7))).toEqual([expect.stringContaining('"a" has {"it": 42, "start": 7}')]);
    expect(await ended({ start: 1, it: 43 })).toHaveLength(1);
  });

  it("knows how a step can fail", async () => {
    const throwing = step("a", {
      attempts: [{ ms: 0, heedsAbort: true, ends: { throws: "error" } }],
      maxRetries: 1,
    });
    const ended = (error: unknown, count: number) =>
      said(body(throwing), async (run) => {
        await run.commit({ status: "failed", put: { a: failed(1, error, { count }) }, error });
      });
    const cause = new Error("a plain error");
    expect(await ended(new StepExhaustedError("a", 2, { cause }), 2)).toEqual([]);
    expect(await ended(new StepExhaustedError("a", 1, { cause }), 1)).toEqual([
      expect.stringContaining("exhausted by attempt 1 of 2"),
    ]);
    expect(await ended(new CriticalError("no"), 1)).toHaveLength(1);
  });

  it("makes of branches what a join makes of them", async () => {
    const join: Statement = {
      kind: "join",
      name: "j",
      branches: [branch("x", step("a")), branch("y", step("b"))],
    };
    const joined = (value: unknown) =>
      said(body(join), async (run) => {
        run.start("j/~x/a");
        run.start("j/~y/b");
        const put = {
          "j/~x/a": settled(1, { value: given(1) }),
          "j/~y/b": settled(2, { value: given(2) }),
          j: settled(3, { kind: "join", value }),
        };
        await run.commit({ status: "completed", put, output: [value] });
      });
    expect(await joined({ x: [given(1)], y: [given(2)] })).toEqual([]);
    expect(await joined({ x: [given(2)], y: [given(1)] })).toEqual([expect.stringContaining('"j" came to')]);
  });

  it("gathers the failures of a join, and gives them to try as data", async () => {
    const throwing: Statement = { kind: "throw", what: "type-error" };
    const join: Statement = { kind: "join", name: "j", branches: [branch("x", throwing)] };
    const error = new JoinError("j", new Map([["x", new TypeError("a type error")]]));
    const tried = (kind: string) =>
      said(body({ kind: "try", name: "t", body: body(join) }), async (run) => {
        const failure = { ok: false, failure: { kind, error } };
        const put = {
          "t/j": failed(1, error, { kind: "join" }),
          t: settled(2, { kind: "try", value: failure }),
        };
        const text =
          'HoldfastError("JoinError", "JOIN", "1 of the branches of join \\"j\\" failed: x: a type error", errors: null{"x": Error("TypeError", undefined, "a type error")})';
        await run.commit({ status: "completed", put, output: [{ ok: false, kind: "join", error: text }] });
      });
    expect(await tried("join")).toEqual([]);
    expect(await tried("race")).toEqual([expect.stringContaining('"t" came to')]);
  });

  it("follows the winner of a race, and the iterations of a loop", async () => {
    const race: Statement = { kind: "race", name: "r", branches: [branch("x", step("a")), branch("y")] };
    const raced = (winner: string) =>
      said(body(race), async (run) => {
        run.start("r/~x/a");
        const value = { winner, value: [given(1)] };
        const put = { "r/~x/a": settled(1, { value: given(1) }), r: settled(2, { kind: "race", value }) };
        await run.commit({ status: "completed", put, output: [value] });
      });
    expect(await raced("x")).toEqual([]);
    expect(await raced("y")).toHaveLength(1);
    const loop: Statement = {
      kind: "loop",
      name: "l",
      times: 0,
      stateful: true,
      pruneInterval: 1,
      historySize: 5,
      body: body(),
    };
    const looped = (iterations: number) =>
      said(body(loop), async (run) => {
        const value = { iterations, broke: false, values: [], sum: "" };
        const put = { l: settled(1, { kind: "loop", value, count: 1 }) };
        await run.commit({ status: "completed", put, output: [value] });
      });
    expect(await looped(0)).toEqual([]);
    expect(await looped(1)).toHaveLength(1);
  });

  it("takes what settled first where the code does not wait for all", async () => {
    const both: Statement = { kind: "together", how: "race", statements: [step("a"), step("b")] };
    const ended = (output: unknown) =>
      said(body(both), async (run) => {
        run.start("a");
        run.start("b");
        const put = { a: settled(2, { value: given(1) }), b: settled(1, { value: given(2) }) };
        await run.commit({ status: "completed", put, output });
      });
    expect(await ended([given(2)])).toEqual([]);
    expect(await ended([given(1)])).toHaveLength(1);
  });

  it("knows that a function which returns while a step of a strand runs has failed", async () => {
    const both: Statement = { kind: "together", how: "race", statements: [step("a"), step("b")] };
    const ended = (end: { output: unknown } | { error: unknown }) =>
      said(body(both), async (run) => {
        run.start("a");
        run.start("b");
        const put = { a: settled(1, { value: given(1) }), b: pending() };
        await run.commit({ status: "output" in end ? "completed" : "failed", put, ...end });
      });
    expect(await ended({ error: new EntryInProgressError("run", ["b"]) })).toEqual([]);
    expect(await ended({ output: [given(1)] })).toEqual([expect.stringContaining("ENTRY_IN_PROGRESS")]);
    expect(await ended({ error: new EntryInProgressError("run", ["c"]) })).toHaveLength(1);
  });

  it("says nothing of what the history does not decide", async () => {
    const drawn = body({ kind: "draw" });
    const ended = said(drawn, (run) => run.commit({ status: "completed", output: [1] }).then(() => {}));
    expect(await ended).toEqual([]);
  });
});
