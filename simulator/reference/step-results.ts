import type { Entry } from "#holdfast/history/entry.ts";
import { decodeFailure } from "#holdfast/history/failure.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import { HoldfastError } from "#holdfast/model/errors/holdfast-error.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { Life } from "../evidence/lives.ts";
import { type Start, startsByPlace } from "../evidence/starts.ts";
import { canonicalText } from "../program/canonical.ts";
import type { AttemptScript, StepStatement, ValueName } from "../program/program.ts";
import { namedThrow } from "../program/throws.ts";
import { namedValue } from "../program/values.ts";
import type { Steps } from "./interpreting.ts";
import { storedErrorText } from "./operations.ts";

/** Codes of failures that come from how a step was run, not from what its body did. */
const OF_THE_ENGINE: ReadonlySet<string> = new Set([
  "STEP_TIMEOUT",
  "STEP_INTERRUPTED",
  "UNSERIALIZABLE_VALUE",
  "LIMIT",
]);

/** Results of steps, by their scripts and by the starts of their bodies. */
export function stepResults(evidence: Evidence, life: Life): Steps {
  const starts = new Map<string, readonly Start[]>();
  for (const some of startsByPlace(evidence)) {
    const [one] = some;
    if (one?.life === life && one.began.role === "body") starts.set(one.began.path, some);
  }
  // A fork was given results of another run's bodies.
  const copied = (life.commits[0]?.entries.length ?? 0) > 0;
  return {
    problem: (statement, path, entry) => {
      const known = copied ? null : (starts.get(path) ?? []);
      return entry.status === "completed"
        ? valueProblem(statement, path, { entry, starts: known })
        : failureProblem(statement, path, entry);
    },
  };
}

function scriptOf({ attempts }: StepStatement, attempt: number): AttemptScript | undefined {
  return attempts[Math.min(attempt, attempts.length) - 1];
}

/** A body that takes time, or may end its process, is asynchronous, and what it promises is what it gives. */
function givenBy(statement: StepStatement, attempt: number, name: ValueName): unknown {
  const script = scriptOf(statement, attempt);
  const waits =
    script !== undefined && (script.ms > 0 || script.deaths !== undefined || script.calls !== undefined);
  return waits && name === "promise" ? 1 : namedValue(name);
}

function valueProblem(
  statement: StepStatement,
  path: string,
  { entry, starts }: { readonly entry: Entry; readonly starts: readonly Start[] | null },
): string | null {
  const ends = scriptOf(statement, entry.count)?.ends;
  const result = defaultCodec.decode(entry.result ?? new Uint8Array(0));
  const text = canonicalText(result);
  if (ends === undefined || !("value" in ends))
    return `"${path}" has ${text} as the result of attempt ${entry.count}, which gives none`;
  const it = givenBy(statement, entry.count, ends.value);
  if (starts === null) return null;
  // The end of a body that was told to stop before counts for nothing.
  const attempts = starts.filter(
    ({ began, ended, aborted }) =>
      began.attempt === entry.count && (aborted === null || (ended !== null && ended.n < aborted.n)),
  );
  const possible = it
    ? attempts.map(({ began }) => canonicalText({ start: began.start, it }))
    : [canonicalText(it)];
  if (attempts.length === 0)
    return `"${path}" has a result of attempt ${entry.count}, which gave none in time`;
  return possible.includes(text)
    ? null
    : `"${path}" has ${text}, where attempt ${entry.count} gave ${possible[0]}`;
}

function failureProblem(statement: StepStatement, path: string, entry: Entry): string | null {
  const error = decodeFailure(entry.result ?? new Uint8Array(0));
  if (!HoldfastError.is(error))
    return `"${path}" failed with ${canonicalText(error)}, which is no failure of a step`;
  const { code } = error;
  if (OF_THE_ENGINE.has(code)) return null;
  const ends = scriptOf(statement, entry.count)?.ends;
  const thrown = ends !== undefined && "throws" in ends ? storedErrorText(namedThrow(ends.throws)) : null;
  if (code !== "STEP_EXHAUSTED") {
    return canonicalText(error) === thrown
      ? null
      : `"${path}" failed with ${canonicalText(error)}, not ${thrown}`;
  }
  if (entry.count !== statement.maxRetries + 1)
    return `"${path}" was exhausted by attempt ${entry.count} of ${statement.maxRetries + 1}`;
  const { cause } = error as { readonly cause?: unknown };
  const timedOut = HoldfastError.is(cause) && cause.code === "STEP_TIMEOUT" && statement.retryOnTimeout;
  if (timedOut || canonicalText(cause) === thrown) return null;
  return `"${path}" was exhausted by ${canonicalText(cause)}, not by ${thrown}`;
}
