import type { Journal } from "../../history/journal.ts";
import type { DriverLimits } from "../../storage/records.ts";
import type { Wakeup } from "../replay/wakeup.ts";
import type { Outbox } from "./outbox.ts";

/** Of what the storage takes at once, so much is filled before a commit is made: code may add to it before that. */
const SHARE = 1 / 4;

/** What is to be stored, and by what. */
export interface RoomSetup {
  readonly journal: Journal;
  readonly outbox: Outbox;
  readonly wakeup: Wakeup;
  readonly limits: DriverLimits;
}

/**
 * Owns: how much the next commit still takes, and what waits for the one after it.
 * Does not own: what code records by itself in one turn; a commit takes that as a whole.
 * Invariants: what comes in does so whole and in the order in which it was ready (P5); where nothing else is to be stored
 * there is room for anything, so that only what is too large by itself is refused (P16).
 */
export class Room {
  readonly #setup: RoomSetup;
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = [];

  constructor(setup: RoomSetup) {
    this.#setup = setup;
  }

  /** Calls `enter`, which records so many bytes: at once where there is room, else after a commit. */
  take(bytes: number, enter: () => void): void | Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) return enter();
    this.#setup.wakeup.notify();
    return new Promise((resolve, reject) => {
      const entered = (): void => {
        try {
          resolve(enter());
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.push({ bytes, enter: entered });
    });
  }

  /** Whether something waits for a commit to make room. */
  get isSought(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether so much is to be stored that it is time for a commit. */
  get isFull(): boolean {
    return this.isSought || !this.#holds(this.#bytes);
  }

  /** A commit was made. */
  made(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      next.enter();
    }
  }

  get #bytes(): number {
    const { journal, outbox } = this.#setup;
    return journal.dirtyBytes + outbox.bytes;
  }

  #fits(bytes: number): boolean {
    const before = this.#bytes;
    return before === 0 || this.#holds(before + bytes);
  }

  #holds(bytes: number): boolean {
    const { limits, journal, outbox } = this.#setup;
    const rows = journal.dirtyCount + outbox.rows;
    return bytes <= limits.batchBytes * SHARE && rows <= limits.batchRows * SHARE;
  }
}
