/** Makes the storage under a subject fail, where a case wants it to. */
export interface StorageFaults {
  /**
   * Fails the write of this number from now on (from 1), once, before it is done. What a write is, is the storage's: a
   * statement, or a whole batch where the platform takes a batch as one.
   */
  failWrite(number: number): void;
  /** Fails the next commit after it was done: the answer is lost. */
  loseAnswer(): void;
  /** What was asked for and has not happened does not happen any more. */
  heal(): void;
  /** Whether the last failure that was asked for has happened. */
  readonly happened: boolean;
}
