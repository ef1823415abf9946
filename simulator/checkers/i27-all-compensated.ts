import type { Entry } from "#holdfast/history/entry.ts";
import { KeySpace } from "#holdfast/history/key.ts";
import { decodeRunFailure } from "#holdfast/history/run-failure.ts";
import { isTerminal } from "#holdfast/model/run.ts";
import { callsOf } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { commitBefore, entryAt, type Life, livesOf } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import { startsOf } from "../evidence/starts.ts";
import { checkerOf } from "./checker-of.ts";

export const allCompensated = checkerOf(
  "I27",
  "a rollback runs the handlers of all committed steps that have one, in whatever block they stood, and no others",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      yield* leftOut(life);
      yield* cancelledOutright(evidence, life);
      yield* disarmed(evidence, life);
    }
    for (const { began, held, life } of startsOf(evidence)) {
      if (began.role !== "handler" || !held || programOf(evidence, life)?.newer !== undefined) continue;
      const at = { run: began.run, fact: began.n };
      const entry = entryAt(life, began.path, began.n);
      if (entry?.armed !== true || entry.status !== "completed")
        yield {
          problem: `the handler of "${began.path}" started, and no committed step is armed there`,
          ...at,
        };
      const status = commitBefore(life, began.n)?.record.status;
      if (status !== "rolling_back")
        yield { problem: `the handler of "${began.path}" started in a run that is ${status}`, ...at };
    }
  },
);

/** Ends of rollbacks with steps that were not undone; and armed steps that were removed. */
function* leftOut(life: Life) {
  const armed = new Map<string, Entry>();
  let error: Uint8Array | null = null;
  for (const commit of life.commits) {
    const at = { run: life.run, fact: commit.fact };
    for (const { path, before, after } of commit.entries) {
      if (after?.armed === true) armed.set(path, after);
      else armed.delete(path);
      const open = before?.armed === true && before.compensation?.done !== true;
      if (open && after === null && !commit.resets)
        yield { problem: `the armed step at "${path}" was removed`, ...at };
    }
    const row = commit.singles.get(KeySpace.error);
    if (row !== undefined) error = row;
    const { header, record } = commit;
    if (!isTerminal(record.status) || header === null || header.rollback === "none") continue;
    if (error === null || decodeRunFailure(error).rollbackFailure !== null) continue;
    for (const [path, { compensation }] of armed) {
      if (compensation?.done !== true)
        yield { problem: `the run was rolled back, and the step at "${path}" was not undone`, ...at };
    }
  }
}

/** Runs that were cancelled with compensation asked for, and with steps to undo, and ended on the spot. */
function* cancelledOutright(evidence: Evidence, life: Life) {
  for (const { record, header, fact } of life.commits) {
    if (record.status !== "cancelled" || header?.rollback !== "none") continue;
    const calls = callsOf(evidence).filter(
      ({ began, ended }) =>
        began.run === life.run && began.what.api === "cancel" && began.n < fact && (ended?.n ?? fact) >= fact,
    );
    const all =
      calls.length > 0 && calls.every(({ began: { what } }) => what.api === "cancel" && what.compensate);
    const [armed] = [...life.versions.keys()].filter((path) => {
      const entry = entryAt(life, path, fact);
      return entry?.armed === true && entry.compensation?.done !== true;
    });
    if (all && armed !== undefined)
      yield {
        problem: `the run was cancelled, and the step at "${armed}" was not undone`,
        run: life.run,
        fact,
      };
  }
}

/** Steps that have a handler in every version of the code that can stand there, and were committed without. */
function* disarmed(evidence: Evidence, life: Life) {
  const program = programOf(evidence, life);
  if (program === undefined) return;
  const outline = outlineOf(program);
  for (const { entries, fact, batch } of life.commits) {
    if (batch === null) continue;
    for (const { path, after } of entries) {
      if (after?.kind !== "step" || after.status !== "completed" || after.armed) continue;
      const statements = outline.at(path);
      const all = statements.length > 0 && statements.every((one) => one.kind === "step" && one.handler);
      if (all)
        yield { problem: `the step at "${path}" was committed without its handler`, run: life.run, fact };
    }
  }
}
