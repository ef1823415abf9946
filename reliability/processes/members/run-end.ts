import {
  type HoldfastError,
  RunPausedError,
  RunStateError,
  StorageError,
  type WorkflowHandle,
} from "#holdfast/index.ts";
import type { Ending } from "../programs/program.ts";

const LOOK_MS = 500;

/** Resolves when the run has ended; one that is to end in a crash loop, when it is held for that. */
export async function hasEnded(handle: WorkflowHandle, ends: Ending): Promise<void> {
  while (!(await endsWithin(handle, ends))) {
    // The wait is in the question.
  }
}

async function endsWithin(handle: WorkflowHandle, ends: Ending): Promise<boolean> {
  try {
    await handle.result({ timeout: LOOK_MS });
    return true;
  } catch (error) {
    if (StorageError.is(error)) return false;
    if (!RunStateError.is(error)) return true;
    return ends === "crash-loop" && (await pauseReason(handle)) === "crash-loop";
  }
}

/** Why the run is paused; null when it is not. */
export async function pauseReason(handle: WorkflowHandle): Promise<string | null> {
  const error = await handle.result({ wait: false }).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (RunPausedError.is(error)) return error.reason;
  if (StorageError.is(error)) throw error as HoldfastError;
  return null;
}
