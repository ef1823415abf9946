/** What is bounded. Every limit has a default here, an option `limits`, and `LimitError` when it is exceeded. */
export interface Limits {
  /** Bytes of a name in UTF-8. @default 256 */
  readonly nameBytes: number;
  /** Bytes of a workflow id in UTF-8. @default 512 */
  readonly workflowIdBytes: number;
  /** Bytes of one stored value: input, output, step result, loop state. @default 1 MiB */
  readonly payloadBytes: number;
  /** Bytes of a message body. @default 256 KiB */
  readonly messageBytes: number;
  /** Messages that may be queued in one run. @default 10,000 */
  readonly queuedMessages: number;
  /** Live history entries of one run; a warning is logged at a tenth of it. @default 100,000 */
  readonly historyEntries: number;
  /** Nesting of blocks. @default 64 */
  readonly depth: number;
  /** Branches of one `join` or `race`. @default 1,000 */
  readonly branches: number;
  /** Items of one `map`. @default 100,000 */
  readonly mapItems: number;
  /** Messages in one batch. @default 1,000 */
  readonly batchMessages: number;
  /** Committed steps with rollback handlers inside one loop; a warning is logged at a tenth of it. @default 10,000 */
  readonly armedHandlers: number;
  /** Starts of a run without any commit in between before it is paused as a crash loop. @default 10 */
  readonly crashBudget: number;
  /** Milliseconds that a run may take from its creation, or from the fork that made it, to its end; it then fails. @default Infinity */
  readonly runTimeMs: number;
  /** The longest backoff of a retry that is waited for in memory, in ms; a longer one lets the run park. @default 1,000 */
  readonly memoryBackoffMs: number;
  /** Results that may wait for a commit before one is forced. @default 256 */
  readonly uncommittedEntries: number;
}

/** What is bounded where `limits` does not say otherwise. */
export const DEFAULT_LIMITS: Limits = Object.freeze({
  nameBytes: 256,
  workflowIdBytes: 512,
  payloadBytes: 1024 * 1024,
  messageBytes: 256 * 1024,
  queuedMessages: 10_000,
  historyEntries: 100_000,
  depth: 64,
  branches: 1_000,
  mapItems: 100_000,
  batchMessages: 1_000,
  armedHandlers: 10_000,
  crashBudget: 10,
  runTimeMs: Number.POSITIVE_INFINITY,
  memoryBackoffMs: 1_000,
  uncommittedEntries: 256,
});

/** The longest duration that is accepted: about 317 years. */
export const MAX_DURATION_MS = 10 ** 13;
