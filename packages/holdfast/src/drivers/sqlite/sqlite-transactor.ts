import { setTimeout } from "node:timers/promises";
import { CorruptionError } from "../../model/errors/history-errors.ts";
import { HoldfastError } from "../../model/errors/holdfast-error.ts";
import { StoreClosedError } from "../../model/errors/storage-errors.ts";
import type { Ledger } from "../../storage/tables/tables.ts";
import type { Transactor } from "../../storage/tables/transactor.ts";
import type { Change, Interest } from "../../storage/waiters.ts";
import type { Connection } from "./connection.ts";
import { isBusy, isTooLarge } from "./sqlite-errors.ts";
import type { LedgerOptions } from "./sqlite-options.ts";

/** What a store or driver holds of a connection. */
export interface SqliteTransactorOptions extends LedgerOptions {
  readonly busyTimeoutMs: number;
  /** Whether `close()` closes the connection. */
  readonly owned: boolean;
}

/** Between two tries of a read that another connection keeps out; rare with a write-ahead log. */
const RETRY_MS = 5;

/** One store's or driver's operations on a connection that others may share. */
export class SqliteTransactor implements Transactor {
  readonly #connection: Connection;
  readonly #options: SqliteTransactorOptions;
  /** What ends each wait of this store or driver; those of others on the same connection go on when it closes. */
  readonly #waits = new Set<() => void>();
  #closed: Promise<void> | null = null;

  constructor(connection: Connection, options: SqliteTransactorOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /** Write transactions that the connection has committed. */
  get transactions(): number {
    return this.#connection.group.transactions;
  }

  async read<T>(work: (ledger: Ledger) => T): Promise<T> {
    const deadline = performance.now() + this.#options.busyTimeoutMs;
    for (;;) {
      this.#assertOpen();
      try {
        return this.#connection.read(() => work(this.#ledger([])));
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw this.#typed(error);
      }
      await setTimeout(RETRY_MS);
    }
  }

  async write<T>(work: (ledger: Ledger) => T): Promise<T> {
    this.#assertOpen();
    let changes: Change[] = [];
    const value = await this.#connection.group.run(() => {
      changes = [];
      return work(this.#ledger(changes));
    });
    this.#connection.changed(changes);
    return value;
  }

  async wait(interest: Interest, signal: AbortSignal, there?: (ledger: Ledger) => boolean): Promise<void> {
    if (this.#closed !== null || signal.aborted) return;
    try {
      if (there !== undefined && this.#connection.read(() => there(this.#ledger([])))) return;
    } catch {
      // A wait is a hint and never rejects: whoever looks next is told what is wrong.
      return;
    }
    this.#connection.poll.start();
    await this.#connection.waiters.wait(interest, signal, this.#waits);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const end of [...this.#waits]) end();
    await this.#connection.group.settled();
    if (this.#options.owned) this.#connection.close();
  }

  #assertOpen(): void {
    if (this.#closed !== null) throw new StoreClosedError();
  }

  #typed(error: unknown): unknown {
    if (HoldfastError.is(error)) return error;
    if (isTooLarge(error))
      return new CorruptionError(
        "malformed",
        "",
        "a column holds a number that is larger than any that Holdfast writes",
      );
    return this.#connection.readFailure(error);
  }

  #ledger(changes: Change[]): Ledger {
    const { limits, queuedMessages, now } = this.#options;
    return {
      tables: this.#connection.tables,
      limits,
      queuedMessages,
      now,
      changed: (change) => {
        changes.push(change);
      },
    };
  }
}
