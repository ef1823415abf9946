import type { PayloadCodec } from "../history/payload.ts";
import type { Clock, RandomSource, Scheduler } from "../model/clock.ts";
import type { Observer, WorkflowErrorEvent } from "../model/events.ts";
import type { Limits } from "../model/limits.ts";
import type { Logger } from "../model/logger.ts";
import type { HistorySnapshot } from "../model/snapshot.ts";

/** What is common to `runWorkflow`, `createHost` and `createClient`. */
export interface EngineOptions {
  /** Where time comes from; tests pass a virtual one. @default the runtime's clock */
  readonly clock?: Clock;
  /** How the engine lets microtasks run out. @default a macrotask of the runtime */
  readonly scheduler?: Scheduler;
  /** Where ids and seeds come from. @default the runtime's `crypto` */
  readonly random?: RandomSource;
  /**
   * Any logger of pino's shape, `(details, message)`; `console` will do. It is told of runs that fail (`info`) and of
   * whatever needs somebody: held runs, damaged bytes, a failing storage (`warn`, `error`). Errors come as
   * `details.error`, which `pino({ errorKey: "error" })` writes out. @default silence
   */
  readonly logger?: Logger;
  /** Called after the fact with plain events. */
  readonly observers?: readonly Observer[];
  /** Called with the error of every failed attempt of a step or rollback handler, and of every run that fails or is held. */
  readonly onError?: (event: WorkflowErrorEvent) => void;
  /** Called with a snapshot of the history after each commit. Building it costs time: for tests and dashboards. */
  readonly onHistoryUpdated?: (snapshot: HistorySnapshot) => void;
  /** What is bounded, and how. Lower ones than a run was begun under count for what it asks for from then on. */
  readonly limits?: Partial<Limits>;
  /** How payloads become bytes; for encryption. @default JSON where it is exact, devalue for the rest */
  readonly codec?: PayloadCodec;
  /** Operations started from foreign promises are errors instead of warnings. @default false */
  readonly strict?: boolean;
}

/** The names of the engine's options; each door adds its own. */
export const ENGINE_OPTIONS: Readonly<Record<keyof EngineOptions, true>> = {
  clock: true,
  scheduler: true,
  random: true,
  logger: true,
  observers: true,
  onError: true,
  onHistoryUpdated: true,
  limits: true,
  codec: true,
  strict: true,
};
