import type { Interest } from "../waiters.ts";
import type { Ledger } from "./tables.ts";

/** Runs operations on tables: what differs between a store in memory and one in a file. */
export interface Transactor {
  /** Runs `work`, which only reads, on one consistent state. Rejects with what it throws. */
  read<T>(work: (ledger: Ledger) => T): Promise<T>;
  /**
   * Runs `work` in a transaction; resolves when it is durable. `work` reads first and writes only when nothing can be
   * refused any more: when it throws, it has written nothing. It may share its transaction with others.
   */
  write<T>(work: (ledger: Ledger) => T): Promise<T>;
  /**
   * Resolves when something of interest may have changed, or when the signal aborts; never rejects. With `there` it
   * looks first and ends at once when that says so: nothing can come between the look and the wait.
   */
  wait(interest: Interest, signal: AbortSignal, there?: (ledger: Ledger) => boolean): Promise<void>;
  /** Idempotent; operations in flight settle first; later ones reject with `StoreClosedError`. */
  close(): Promise<void>;
}
