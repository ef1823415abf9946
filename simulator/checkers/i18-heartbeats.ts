import type { Evidence } from "../evidence/evidence.ts";
import type { FactOf } from "../evidence/fact-of.ts";
import { generationAt } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import { type Start, startsByPlace } from "../evidence/starts.ts";
import type { Violation } from "./checker.ts";

/** Clocks of processes go at most 2 % too fast or slow; the rest is rounding. */
const DRIFT = 0.03;
const ROUNDING_MS = 2;
/** How a body is told that it was silent for too long. */
const SILENT = /^HoldfastError\("StepTimeoutError", "STEP_TIMEOUT", [^,]* sent no heartbeat/;

/** A body is given up when it is silent for too long and not sooner; what it had told last comes to its next attempt. */
export function* heartbeatProblems(evidence: Evidence): Iterable<Violation> {
  const beats = Map.groupBy(
    evidence.facts.filter((fact) => fact.type === "beat"),
    ({ start }) => start,
  );
  for (const starts of startsByPlace(evidence)) {
    for (const start of starts) {
      const own = beats.get(start.began.start) ?? [];
      const problem = silenceProblem(evidence, start, own) ?? hearsayProblem(starts, start, beats);
      if (problem !== null) yield { problem, run: start.began.run, fact: start.began.n };
    }
  }
}

function silenceProblem(
  evidence: Evidence,
  { began, ended, aborted, life }: Start,
  beats: readonly FactOf<"beat">[],
): string | null {
  const program = programOf(evidence, life);
  const [step, ...others] = program === undefined ? [] : outlineOf(program).at(began.path);
  if (step?.kind !== "step" || others.length > 0 || step.heartbeatMs === undefined) return null;
  const givenUp = aborted !== null && SILENT.test(aborted.reason);
  const over = aborted ?? ended;
  if (over === null || began.role !== "body" || wasPaused(evidence, began, over.n)) return null;
  const sounds = [began, ...beats.filter(({ n }) => n < over.n), ...(givenUp ? [] : [over])];
  const gaps = sounds.slice(1).map(({ at }, place) => at - (sounds[place]?.at ?? at));
  const allowed = step.heartbeatMs;
  const silence = Math.max(0, ...gaps) * (1 - DRIFT) - ROUNDING_MS;
  if (silence > allowed)
    return `the body at "${began.path}" was silent for ${Math.max(...gaps)} ms of ${allowed}`;
  const last = over.at - (sounds.at(-1)?.at ?? 0);
  if (givenUp && last * (1 + DRIFT) + ROUNDING_MS < allowed)
    return `the body at "${began.path}" was given up after ${last} ms of silence, not ${allowed}`;
  return null;
}

/** A process that is paused hears and tells late. */
function wasPaused({ facts }: Evidence, { n: from, process }: FactOf<"body-started">, to: number): boolean {
  return facts.some(
    (fact) =>
      fact.type === "process-paused" && fact.process === process && fact.n < to && fact.n > from - 1_000,
  );
}

/** What the body was told of the attempt before, where there was only one start of that. */
function hearsayProblem(
  starts: readonly Start[],
  { began, life, held }: Start,
  beats: ReadonlyMap<number, readonly FactOf<"beat">[]>,
): string | null {
  if (!held || began.role !== "body" || began.attempt < 2) return null;
  const generation = generationAt(life, began.n);
  const [before, ...others] = starts.filter(
    (one) => one.began.attempt === began.attempt - 1 && generationAt(life, one.began.n) === generation,
  );
  const end = before?.aborted ?? before?.ended;
  if (before === undefined || others.length > 0 || end == null) return null;
  const told = beats.get(before.began.start)?.findLast(({ n }) => n < end.n)?.details;
  if (told === began.heard) return null;
  return `attempt ${began.attempt} at "${began.path}" heard ${began.heard} of the one before, which had told ${told}`;
}
