import { HoldfastError } from "./holdfast-error.ts";

/** Thrown when a commit is refused because the run has a newer owner or revision: this runner must stop. */
export class FencedError extends HoldfastError {
  static override readonly code: string = "FENCED";
  readonly workflowId: string;

  constructor(workflowId: string, details: string) {
    super(
      `This process no longer owns run "${workflowId}": ${details}. Nothing was written; another runner goes on with it.`,
    );
    this.workflowId = workflowId;
  }
}

/**
 * Thrown when the storage itself fails. It is never an error of the user's step. `outcome` says whether the
 * refused batch can have been applied; `retryable` whether the same call may succeed later.
 */
export class StorageError extends HoldfastError {
  static override readonly code: string = "STORAGE";
  readonly outcome: "not-applied" | "unknown";
  readonly retryable: boolean;

  constructor(
    message: string,
    options: { outcome: "not-applied" | "unknown"; retryable: boolean; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.outcome = options.outcome;
    this.retryable = options.retryable;
  }
}

/** Thrown when a store or driver is used after `close()`. */
export class StoreClosedError extends HoldfastError {
  static override readonly code: string = "STORE_CLOSED";

  constructor() {
    super("The store is closed. Open a new one; a closed store does not come back.");
  }
}

/** Thrown when a batch's own sends are refused: which is the first, and why (`cause`). Nothing of the batch was applied. */
export class MessageRefusedError extends HoldfastError {
  static override readonly code: string = "MESSAGE_REFUSED";
  /** The message's id. */
  readonly messageId: string;
  /** The batch's other sends that are refused, as far as the storage has looked: what it names at once is tried once. */
  readonly others: readonly MessageRefusedError[];

  constructor(messageId: string, cause: HoldfastError, others: readonly MessageRefusedError[] = []) {
    super(`Message ${messageId} was refused: ${cause.message}`, { cause });
    this.messageId = messageId;
    this.others = others;
  }
}
