import type { PayloadCodec } from "../../history/payload.ts";
import type { PassOutcome } from "../pass/outcome.ts";
import type { RunResult } from "./run-handle.ts";

/**
 * How a pass ended, as `result` of a handle tells it.
 * @throws the error of a run that failed, is paused or was lost; CorruptionError, StorageError of the codec
 */
export async function resultOf(outcome: PassOutcome, codec: PayloadCodec): Promise<RunResult<unknown>> {
  switch (outcome.state) {
    case "completed":
      return { state: "completed", output: await outputOf(outcome.output, codec) };
    case "failed":
    case "paused":
    case "lost":
      throw outcome.error;
    case "sleeping":
    case "rolling_back":
      return {
        state: outcome.state,
        ...(outcome.wakeAt === null ? {} : { sleepUntil: outcome.wakeAt }),
        ...(outcome.wants === null ? {} : { waitingForMessages: outcome.wants }),
      };
    default:
      return { state: outcome.state };
  }
}

/** An output as it is stored, as it is told; a run that has none returned nothing. @throws CorruptionError, StorageError */
export async function outputOf(stored: Uint8Array | null, codec: PayloadCodec): Promise<unknown> {
  return stored === null ? undefined : codec.decode(stored);
}
