import type { KVDriver } from "../drivers/kv/kv-driver.ts";
import type { EngineSettings } from "../engine/pass/pass-settings.ts";
import { storedError } from "../engine/pass/run-failing.ts";
import { loadJournal } from "../history/journal-load.ts";
import { KeySpace } from "../history/key.ts";
import { RESULT_OPTIONS } from "../host/option-names.ts";
import type { ResultOptions } from "../host/result-options.ts";
import { checkBoolean } from "../model/check.ts";
import { durationMs } from "../model/duration.ts";
import { formatMs } from "../model/errors/amounts.ts";
import { CorruptionError } from "../model/errors/history-errors.ts";
import { RunCancelledError, RunNotFoundError, RunStateError } from "../model/errors/run-errors.ts";
import { checkGiven } from "../model/option-names.ts";
import { isTerminal, type TerminalState } from "../model/run.ts";

/** The run whose end is waited for. */
export interface AwaitedRun {
  readonly workflowId: string;
  readonly driver: KVDriver;
  readonly settings: EngineSettings;
  /** Why it is paused; undefined when it is not any more. */
  readonly pause: () => Promise<unknown>;
}

/**
 * Owns: waiting for the end of a bare driver's run.
 * Invariants: what is told is what is stored, never what a pass says (P8); the history is read once, at the end (P14).
 * @throws the run's own error, RunCancelledError, RunNotFoundError; RunPausedError and RunStateError as `ResultOptions` say
 */
export async function awaitEnd(run: AwaitedRun, options: ResultOptions): Promise<unknown> {
  checkGiven(options, "The options of result", RESULT_OPTIONS);
  const { wait = true, timeout } = options;
  checkBoolean(wait, "wait");
  const { workflowId, driver, settings } = run;
  const timeoutMs = timeout === undefined ? null : durationMs(timeout, "timeout");
  const over = new AbortController();
  const disarm = timeoutMs === null ? null : settings.world.clock.setTimer(timeoutMs, () => over.abort());
  try {
    for (;;) {
      // The wait begins before the look, so that nothing comes in between unseen.
      const change = driver.waitForChange(over.signal);
      const state = await driver.readState();
      if (state === null) throw new RunNotFoundError(workflowId);
      const end = isTerminal(state) ? await endOf(run, state) : null;
      if (end !== null) return end.output;
      const pause = state === "paused" && !wait ? await run.pause() : undefined;
      if (pause !== undefined) throw pause;
      if (!wait || over.signal.aborted) {
        const problem = wait ? `within ${formatMs(timeoutMs ?? 0)}` : "and result() was asked not to wait";
        throw new RunStateError(workflowId, state, `it has not ended, ${problem}.`);
      }
      await change;
    }
  } finally {
    disarm?.();
    over.abort();
  }
}

/** Null when the run was recovered, rewound or deleted between the looks at its state and its end. */
async function endOf(
  { workflowId, driver, settings }: AwaitedRun,
  state: TerminalState,
): Promise<{ readonly output: unknown } | null> {
  if (state === "cancelled") throw new RunCancelledError(workflowId);
  const journal = (await loadJournal(workflowId, driver))?.journal;
  if (journal?.header.status !== state) return null;
  if (state === "failed") throw storedError(journal);
  const output = journal.single(KeySpace.output);
  if (output === null)
    throw new CorruptionError("missing", "", "the run is completed, and its output is missing");
  return { output: await settings.codec.decode(output) };
}
