import type { Evidence } from "../evidence/evidence.ts";
import { entryAt, type Life, livesOf } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import { type Start, startsOf } from "../evidence/starts.ts";
import { FINAL_THROWS } from "../program/throws.ts";
import { UNSTORABLE_VALUES } from "../program/values.ts";
import { checkerOf } from "./checker-of.ts";
import { crashLoops } from "./i05-crash-loops.ts";

export const attemptsBounded = checkerOf(
  "I5",
  "attempts are counted durably, never more than the options allow, and a body that kills its process is stopped",
  function* (evidence) {
    for (const start of startsOf(evidence)) {
      const { attempt, allowed, path, run, n: fact } = start.began;
      // Other code may allow another number, or count in another way.
      if (!start.held || programOf(evidence, start.life)?.newer !== undefined) continue;
      if (attempt > allowed)
        yield { problem: `attempt ${attempt} of ${allowed} started at "${path}"`, run, fact };
      if (isHopeless(evidence, start))
        yield {
          problem: `attempt ${attempt} started at "${path}", though the one before was the last`,
          run,
          fact,
        };
      const recorded = recordedAttempts(start);
      const expected = start.began.atMostOnce ? recorded : recorded + 1;
      if (attempt !== expected)
        yield {
          problem: `attempt ${attempt} started at "${path}", where ${recorded} were recorded`,
          run,
          fact,
        };
    }
    for (const life of livesOf(evidence)) yield* keptAttempts(life);
    yield* crashLoops(evidence);
  },
);

function recordedAttempts({ began, life }: Start): number {
  const entry = entryAt(life, began.path, began.n);
  return (began.role === "handler" ? entry?.compensation?.attempts : entry?.count) ?? 0;
}

/** Whether the attempt before ended in a way that is never tried again. */
function isHopeless(evidence: Evidence, { began, life }: Start): boolean {
  const program = programOf(evidence, life);
  if (began.role !== "body" || began.attempt < 2 || program === undefined) return false;
  const [step, ...others] = outlineOf(program).at(began.path);
  if (step?.kind !== "step" || others.length > 0) return false;
  const script = step.attempts[Math.min(began.attempt - 1, step.attempts.length) - 1];
  // A timeout may come first.
  const byTimeout = (step.timeoutMs > 0 || step.heartbeatMs !== undefined) && step.retryOnTimeout;
  if (script === undefined || byTimeout) return false;
  if ("never" in script.ends) return true;
  if ("throws" in script.ends) return FINAL_THROWS.includes(script.ends.throws);
  return UNSTORABLE_VALUES.includes(script.ends.value);
}

/** Whoever recovers a run gives what had failed all of its attempts. */
function* keptAttempts(life: Life) {
  for (const { resets, entries, record, fact } of life.commits) {
    if (!resets) continue;
    for (const { path, before, after } of entries) {
      const failed = before?.kind === "step" && before.status === "failed";
      const step = failed && after?.status === "pending" ? after.count : 0;
      if (step > 0)
        yield { problem: `the step at "${path}" was given back ${step} attempts less`, run: life.run, fact };
      const undone = before?.compensation?.done === false && after?.compensation?.done === false;
      const handler = undone && record.status === "rolling_back" ? (after.compensation?.attempts ?? 0) : 0;
      if (handler > 0)
        yield {
          problem: `the handler of "${path}" was given back ${handler} attempts less`,
          run: life.run,
          fact,
        };
    }
  }
}
