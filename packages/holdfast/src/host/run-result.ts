import { checkBoolean } from "../model/check.ts";
import { durationMs } from "../model/duration.ts";
import { formatMs } from "../model/errors/amounts.ts";
import { CorruptionError } from "../model/errors/history-errors.ts";
import { RunCancelledError, RunStateError } from "../model/errors/run-errors.ts";
import { checkGiven } from "../model/option-names.ts";
import { isTerminal, type RunState } from "../model/run.ts";
import type { RunRecord } from "../storage/store.ts";
import type { LocalRuns } from "./local-runs.ts";
import { RESULT_OPTIONS } from "./option-names.ts";
import type { ResultOptions } from "./result-options.ts";
import type { RunReader } from "./run-reader.ts";
import type { StoreSession } from "./store-session.ts";

/** How a run ended. */
export type RunEnd = { readonly output: unknown } | { readonly error: unknown };

/**
 * The output of the run when it has ended; rejects with its error.
 *
 * Owns: waiting for the end of a run.
 * Invariants: what is told is decoded from what is committed: the row, or the bytes that a commit here has just stored as
 * that row; never what a pass holds besides (I19, P8). That a run has not ended is told by a look that has seen it.
 */
export async function resultOfRun(
  session: StoreSession,
  { reader, local }: { readonly reader: RunReader; readonly local: LocalRuns },
  options: ResultOptions,
): Promise<unknown> {
  checkGiven(options, "The options of result", RESULT_OPTIONS);
  const { wait = true, timeout } = options;
  checkBoolean(wait, "wait");
  const timeoutMs = timeout === undefined ? Number.POSITIVE_INFINITY : durationMs(timeout, "timeout");
  let state: RunState = "pending";
  /** Why the last look told nothing. */
  let failed: { readonly error: unknown } | null = null;
  const look = async (): Promise<RunEnd | undefined> => {
    failed = null;
    try {
      return await read();
    } catch (error) {
      failed = { error };
      throw error;
    }
  };
  const read = async (): Promise<RunEnd | undefined> => {
    const record = await reader.record();
    state = record.status;
    if (isTerminal(state)) return endOf(reader, record);
    const pause = state === "paused" && !wait ? await reader.pause(record) : undefined;
    if (pause !== undefined) throw pause;
    return undefined;
  };
  const { workflowId } = reader;
  const toldHere = (): boolean => local.inWork(workflowId);
  const ofOutput = async (stored: Uint8Array): Promise<RunEnd> => ({
    output: await session.settings.codec.decode(stored),
  });
  const wanted = { endOnly: true, toldHere, ofOutput };
  const end = await session.news.until(workflowId, look, wait ? timeoutMs : 0, wanted);
  if (end === undefined) {
    // Whether the run has ended is not known then, or how.
    const unread = failed as { readonly error: unknown } | null;
    if (unread !== null) throw unread.error;
    const problem = wait
      ? `it has not ended within ${formatMs(timeoutMs)}.`
      : "it has not ended, and result() was asked not to wait.";
    throw new RunStateError(reader.workflowId, state, problem);
  }
  if ("error" in end) throw end.error;
  return end.output;
}

/** Undefined when the run was recovered, rewound or deleted between the looks at its status and its end. @throws CorruptionError */
export async function endOf(reader: RunReader, record: RunRecord): Promise<RunEnd | undefined> {
  const { status: state } = record;
  if (state === "cancelled") return { error: new RunCancelledError(reader.workflowId) };
  if (state === "completed") {
    const output = await reader.output();
    if (output !== null) return { output: output.value };
  } else {
    const failure = await reader.failure(record);
    if (failure !== null) return failure;
  }
  if (!(await reader.isStill(record))) return undefined;
  throw new CorruptionError(
    "missing",
    "",
    `the run is ${state}, and the row that says with what is missing`,
    {
      workflowId: reader.workflowId,
    },
  );
}
