import type { Clock } from "../model/clock.ts";
import { StorageError } from "../model/errors/storage-errors.ts";
import type { Backoff } from "./backoff.ts";
import { waitAtMost } from "./wait-at-most.ts";

/** A run in work here. */
interface Ending {
  /** Whether its lease has run out: what it has come to by then is being stored. */
  readonly ranOut: boolean;
  /** Resolves when nothing of it is left. */
  readonly done: Promise<unknown>;
}

export interface LateCommitsSetup {
  readonly clock: Clock;
  readonly backoff: Backoff;
  /** How long the storage has to answer before runs are claimed, in milliseconds. */
  readonly patienceMs: number;
  /** There is one more: its run is not in work any longer. */
  readonly added: () => void;
}

/** What is tried until it succeeds. */
interface Attempt {
  readonly again: () => Promise<void>;
}

/**
 * Owns: what bodies had come to when the leases of their runs ran out while the storage failed. They would run again (P2), so their
 * commits are tried on: a store takes them for as long as nobody else has claimed the run, since epochs fence and not clocks (P4).
 * Does not own: whose commits these are (lease-guard.ts).
 * Invariants: this process claims no run before it has tried to store what it knows of it; nothing is tried for a claim that is given up, nor
 * when the host has stopped.
 */
export class LateCommits {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #patienceMs: number;
  readonly #added: () => void;
  readonly #attempts: Set<Attempt> = new Set();
  #trying = false;
  #cut = false;

  constructor(setup: LateCommitsSetup) {
    this.#clock = setup.clock;
    this.#backoff = setup.backoff;
    this.#patienceMs = setup.patienceMs;
    this.#added = setup.added;
  }

  /** How many there are. */
  get size(): number {
    return this.#attempts.size;
  }

  /** Does what has failed so, again and again while it is `meant`. */
  insist<Value>(failed: StorageError, go: () => Promise<Value>, meant: () => boolean): Promise<Value> {
    if (this.#cut) return Promise.reject(failed);
    return new Promise((resolve, reject) => {
      let now: Promise<void> | null = null;
      const attempt: Attempt = {
        again: () => {
          now ??= once().finally(() => {
            now = null;
          });
          return now;
        },
      };
      const once = async (): Promise<void> => {
        try {
          resolve(await go());
        } catch (error) {
          if (StorageError.is(error) && error.retryable && meant() && !this.#cut) return;
          reject(error);
        }
        this.#attempts.delete(attempt);
      };
      this.#attempts.add(attempt);
      this.#added();
      void this.#keepTrying();
    });
  }

  /**
   * Before runs are claimed: stores what those have come to whose leases have run out, as far as that can be done now; null when there
   * is nothing to store.
   */
  settle(runs: Iterable<Ending>): Promise<void> | null {
    const ranOut = [...runs].filter((run) => run.ranOut).map(({ done }) => done);
    return ranOut.length + this.size === 0 ? null : this.#settle(Promise.all(ranOut));
  }

  /** The last try is just before the claim: the storage may have come back a moment ago. What is stored then may be followed by more. */
  async #settle(ranOut: Promise<unknown>): Promise<void> {
    let left: number;
    do {
      await waitAtMost(this.#clock, this.#patienceMs, Promise.all([ranOut, this.tryAll()]));
      left = this.size;
      await this.tryAll();
    } while (this.size < left);
  }

  /** Tries all of them now; resolves when each has failed or succeeded, or does not answer. */
  async tryAll(): Promise<void> {
    if (this.size === 0) return;
    const tries = Promise.all([...this.#attempts].map(({ again }) => again()));
    await waitAtMost(this.#clock, this.#patienceMs, tries);
  }

  /** The host stops: each is tried once more. */
  async cut(): Promise<void> {
    this.#cut = true;
    this.#backoff.cut();
    await this.tryAll();
  }

  async #keepTrying(): Promise<void> {
    if (this.#trying) return;
    this.#trying = true;
    while (this.size > 0 && !this.#cut) {
      await this.#backoff.wait();
      await this.tryAll();
    }
    this.#backoff.reset();
    this.#trying = false;
  }
}
