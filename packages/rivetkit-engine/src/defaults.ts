export const DEFAULT_MAX_RETRIES = 3;
/** Milliseconds. */
export const DEFAULT_RETRY_BACKOFF_BASE = 100;
/** Milliseconds. */
export const DEFAULT_RETRY_BACKOFF_MAX = 30000;
export const DEFAULT_LOOP_HISTORY_PRUNE_INTERVAL = 20;
/** Milliseconds. */
export const DEFAULT_STEP_TIMEOUT = 30000;
