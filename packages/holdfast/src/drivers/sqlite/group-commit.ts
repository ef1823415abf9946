import { setImmediate, setTimeout } from "node:timers";
import { HoldfastError } from "../../model/errors/holdfast-error.ts";
import type { SqliteDatabase } from "./database.ts";
import { isBusy, isOutage, toStorageError } from "./sqlite-errors.ts";

/** Between two tries to get the write lock. */
const RETRY_MS = 5;

/** The connection that transactions run on. */
export interface WriteConnection {
  readonly database: SqliteDatabase;
  /** For error messages. */
  readonly file: string;
  /** How long a transaction may wait for another process's write lock. */
  readonly busyTimeoutMs: number;
  /** Counts writes, so that a group which wrote nothing is known. */
  writes(): number;
  /** Called in every transaction, before anything of it. */
  begun(): void;
  /** Called when a transaction was rolled back. */
  undone(): void;
}

interface Operation {
  /** Reads first, then writes; when it refuses (throws a typed error), it has written nothing. */
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome =
  | { readonly operation: Operation; readonly value: unknown }
  | { readonly operation: Operation; readonly error: unknown };

/**
 * Runs all writes that are asked for in one turn of the event loop in one transaction: one sync to disk for all of
 * them. No transaction is open across an await. An operation that refuses is refused alone. One that fails for its own
 * data fails alone too, and the others run again; a failing file or disk fails them all. Nobody is told of a success
 * before the transaction is durable.
 */
export class GroupCommit {
  readonly #connection: WriteConnection;
  #queue: Operation[] = [];
  #scheduled = false;
  /** Since when the write lock could not be had. */
  #busySince: number | null = null;
  readonly #idle: (() => void)[] = [];
  #transactions = 0;

  constructor(connection: WriteConnection) {
    this.#connection = connection;
  }

  /** Write transactions that were committed; those that wrote nothing do not count. */
  get transactions(): number {
    return this.#transactions;
  }

  run<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#schedule();
    });
  }

  /** Resolves when nothing is queued. */
  settled(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #schedule(delayMs = 0): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (delayMs === 0) setImmediate(() => this.#flush());
    else setTimeout(() => this.#flush(), delayMs);
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#queue.length > 0) this.#transact();
    if (this.#queue.length > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #transact(): void {
    if (!this.#begin()) return;
    const operations = this.#queue;
    this.#queue = [];
    const writesBefore = this.#connection.writes();
    const outcomes = this.#runAll(operations);
    if (outcomes === null) return;
    try {
      this.#connection.database.exec("COMMIT");
    } catch (error) {
      // A busy commit has not happened. Any other failure may have come after the commit record reached the disk.
      this.#failAll(
        operations,
        toStorageError(error, this.#connection.file, isBusy(error) ? "not-applied" : "unknown"),
      );
      return;
    }
    if (this.#connection.writes() !== writesBefore) this.#transactions++;
    for (const outcome of outcomes) settle(outcome);
  }

  /** Whether the write lock was had; if not, it is tried again later, or everything that waits is refused. */
  #begin(): boolean {
    let begun = false;
    try {
      this.#connection.database.exec("BEGIN IMMEDIATE");
      begun = true;
      this.#connection.begun();
      this.#busySince = null;
      return true;
    } catch (error) {
      if (begun) this.#rollBack();
      const now = performance.now();
      this.#busySince ??= now;
      if (isBusy(error) && now - this.#busySince < this.#connection.busyTimeoutMs) {
        this.#schedule(RETRY_MS);
        return false;
      }
      this.#busySince = null;
      const refused = this.#queue.splice(0);
      for (const { reject } of refused) reject(toStorageError(error, this.#connection.file, "not-applied"));
      return false;
    }
  }

  /** The outcome of each operation inside the open transaction; null when it was rolled back. */
  #runAll(operations: readonly Operation[]): Outcome[] | null {
    const outcomes: Outcome[] = [];
    for (const operation of operations) {
      const writesBefore = this.#connection.writes();
      try {
        outcomes.push({ operation, value: operation.work() });
      } catch (error) {
        const wrote = this.#connection.writes() !== writesBefore;
        if (!wrote && HoldfastError.is(error)) {
          outcomes.push({ operation, error });
          continue;
        }
        this.#fail(operations, operation, error);
        return null;
      }
    }
    return outcomes;
  }

  #fail(operations: readonly Operation[], culprit: Operation, error: unknown): void {
    const failure = toStorageError(error, this.#connection.file, "not-applied");
    if (isOutage(error)) {
      this.#failAll(operations, failure);
      return;
    }
    this.#rollBack();
    culprit.reject(failure);
    this.#queue = [...operations.filter((operation) => operation !== culprit), ...this.#queue];
    if (this.#queue.length > 0) this.#schedule();
  }

  #failAll(operations: readonly Operation[], failure: unknown): void {
    this.#rollBack();
    for (const { reject } of operations) reject(failure);
  }

  #rollBack(): void {
    this.#connection.undone();
    try {
      this.#connection.database.exec("ROLLBACK");
    } catch {
      // SQLite rolls back by itself on some errors; then there is no transaction left to end.
    }
  }
}

function settle(outcome: Outcome): void {
  if ("error" in outcome) outcome.operation.reject(outcome.error);
  else outcome.operation.resolve(outcome.value);
}
