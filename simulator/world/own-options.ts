import type { EngineOptions } from "#holdfast/system/engine-options.ts";

/** What an engine may have of its own. */
export type OwnOptions = Pick<
  EngineOptions,
  "codec" | "limits" | "logger" | "observers" | "onError" | "onHistoryUpdated"
>;
