import type { WorkflowErrorEvent as EngineErrorEvent, Observer } from "holdfast";
import { type EngineSettings, engineSettings } from "holdfast/embedding";
import type { WorkflowLogger } from "../model/run.ts";

/** RivetKit bounds none of these; the host's storage does. */
const LIMITS = {
  nameBytes: 64 * 1024,
  workflowIdBytes: 64 * 1024,
  payloadBytes: 64 * 1024 * 1024,
  messageBytes: 64 * 1024 * 1024,
  batchMessages: 1_000_000,
  historyEntries: 1_000_000,
  branches: 100_000,
  // Retries always let the run park, as in RivetKit's own engine.
  memoryBackoffMs: 0,
};

/** What a run or an operator of RivetKit is given of the engine. */
export function hostedSettings(given: {
  readonly logger?: WorkflowLogger | undefined;
  readonly observer?: Observer;
  readonly onError?: (event: EngineErrorEvent) => void;
}): EngineSettings {
  const { logger, observer, onError } = given;
  return engineSettings({
    limits: LIMITS,
    ...(logger === undefined ? {} : { logger }),
    ...(observer === undefined ? {} : { observers: [observer] }),
    ...(onError === undefined ? {} : { onError }),
  });
}
