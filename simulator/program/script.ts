import type { BodyStarted, Outcome } from "../evidence/fact.ts";
import { canonicalText } from "./canonical.ts";
import type { AttemptScript } from "./program.ts";
import type { ProgramScope } from "./program-scope.ts";
import { namedThrow } from "./throws.ts";
import { namedValue } from "./values.ts";

/** One start of a body or handler, as the engine asked for it. */
interface Start
  extends Pick<
    BodyStarted,
    "role" | "path" | "attempt" | "allowed" | "atMostOnce" | "ephemeral" | "given" | "heard"
  > {
  readonly signal: AbortSignal;
  readonly idempotencyKey: string;
  /** Tells the engine that the body is alive; handlers have none. */
  readonly beat?: (details: unknown) => void;
}

/**
 * Does what the script says of this attempt, and tells the world of its start and end. A script without time and with a
 * value returns at once; every other one is asynchronous. What it returns is `{ start, it }`, the number of this start and
 * the value; but a value that is falsy comes bare, for engines that take it for no result at all.
 */
export function playScript(scope: ProgramScope, attempts: readonly AttemptScript[], at: Start): unknown {
  const script = attempts[Math.min(at.attempt, attempts.length) - 1] as AttemptScript;
  const start = scope.ports.nextStart();
  const { signal, beat, idempotencyKey, ...told } = at;
  const { run, number: pass } = scope.pass;
  scope.tell({ type: "body-started", run, start, pass, ...told });
  tellAbort(scope, at, start);
  const ended = (outcome: Outcome): void =>
    scope.tell({ type: "body-ended", role: at.role, run, path: at.path, start, outcome });
  const { ms, ends, deaths, calls } = script;
  const asks = async (): Promise<void> => {
    if (calls !== undefined) await scope.ports.call?.(calls, { run, idempotencyKey });
  };
  const dies = (): boolean => deaths !== undefined && scope.ports.die({ run, path: at.path, start }, deaths);
  const beating = (number: number): void => {
    const details = { start, beat: number };
    scope.tell({ type: "beat", run, path: at.path, start, details: canonicalText(details) });
    beat?.(details);
  };
  if (ms > 0 || !("value" in ends) || deaths !== undefined || calls !== undefined)
    return play(scope, script, { signal, dies, asks, beat: beating, start, ended });
  const value = resultOf(start, namedValue(ends.value));
  ended({ ok: true, value: canonicalText(value) });
  return value;
}

function resultOf(start: number, it: unknown): unknown {
  return it ? { start, it } : it;
}

/** What a body has while it acts. */
interface Acting {
  readonly signal: AbortSignal;
  /** Whether its process ends here and now. */
  readonly dies: () => boolean;
  /** Calls the handle that it is to call. */
  readonly asks: () => Promise<void>;
  /** Its heartbeats are numbered from 1. */
  readonly beat: (number: number) => void;
}

async function play(
  scope: ProgramScope,
  script: AttemptScript,
  { start, ended, ...at }: Acting & { start: number; ended: (outcome: Outcome) => void },
): Promise<unknown> {
  try {
    const value = resultOf(start, await acted(scope, script, at));
    ended({ ok: true, value: canonicalText(value) });
    return value;
  } catch (error) {
    ended({ ok: false, error: canonicalText(error) });
    throw error;
  }
}

async function acted(scope: ProgramScope, script: AttemptScript, at: Acting): Promise<unknown> {
  const { signal, dies } = at;
  await asked(script, at);
  await passes(scope, script, at);
  if (script.heedsAbort && signal.aborted) throw signal.reason;
  if (dies()) return new Promise<never>(() => {});
  if ("value" in script.ends) return namedValue(script.ends.value);
  if ("throws" in script.ends) throw namedThrow(script.ends.throws);
  return script.heedsAbort ? aborted(signal) : new Promise<never>(() => {});
}

/** Does what the body does by a handle, and waits for the answer if it is to; a body that heeds its signal, no longer than that. */
async function asked({ calls, heedsAbort }: AttemptScript, { asks, signal }: Acting): Promise<void> {
  if (calls === undefined) return;
  const answer = asks();
  if (!calls.awaited) return;
  if (!heedsAbort) return answer;
  const left = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([answer, left]);
}

/** Lets the time of the script pass, with heartbeats in between. */
async function passes(
  scope: ProgramScope,
  { ms, beatsEveryMs = ms, heedsAbort }: AttemptScript,
  { signal, beat }: Acting,
): Promise<void> {
  for (let number = 1, left = ms; left > 0; number++, left -= beatsEveryMs) {
    await scope.ports.sleep(Math.min(left, beatsEveryMs), heedsAbort ? signal : undefined);
    if (heedsAbort && signal.aborted) return;
    if (left > beatsEveryMs) beat(number);
  }
}

/** Rejects with the reason when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function tellAbort(scope: ProgramScope, { path, signal }: Start, start: number): void {
  const tell = (): void =>
    scope.tell({
      type: "body-aborted",
      run: scope.pass.run,
      path,
      start,
      reason: canonicalText(signal.reason),
    });
  if (signal.aborted) tell();
  else signal.addEventListener("abort", tell, { once: true });
}
