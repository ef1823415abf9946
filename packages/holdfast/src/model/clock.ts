/** Time as the pure layers see it. All of it comes in through this port, so that tests run on a virtual clock. */
export interface Clock {
  /** Wall clock: milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of a clock that never goes back; its zero is arbitrary. */
  monotonic(): number;
  /** Calls `fire` once, `delayMs` from now (any length); the returned function takes it back. */
  setTimer(delayMs: number, fire: () => void): () => void;
}

/** The event loop as the engine sees it. */
export interface Scheduler {
  /** Calls `resume` after every microtask that is queued now, or gets queued by those, has run. */
  afterMicrotasks(resume: () => void): void;
}

/** Randomness: for ids and seeds only. What workflow code sees is derived from the run's stored seed. */
export interface RandomSource {
  /** Fresh unpredictable bytes. */
  bytes(length: number): Uint8Array;
  /** In [0, 1): for jitter. */
  float(): number;
}

/** Tells which code of an author is calling, across its awaits, where the runtime can (`AsyncLocalStorage`). */
export interface CodeTracker {
  /** Calls `call`; until it settles `current()` gives `code` in it and in what it calls. */
  run<T>(code: RunningCode, call: () => T): T;
  current(): RunningCode | undefined;
}

/**
 * The body of a step, by its name, or a function with a context, by its scope; and whose it is: a body may run another
 * workflow, with code of its own.
 */
export type RunningCode = { readonly owner: object } & (
  | { readonly body: string; readonly scope?: undefined }
  | { readonly scope: object; readonly body?: undefined }
);

/** Everything that the engine needs from outside, apart from storage. */
export interface World {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: RandomSource;
  readonly code: CodeTracker;
  /**
   * Called just before a body or handler starts. A host looks at the clock here: code that was slow, or a process that
   * stood still, may have lost the run meanwhile; then its scopes are closed when this returns.
   */
  beforeEffect(): void;
}
