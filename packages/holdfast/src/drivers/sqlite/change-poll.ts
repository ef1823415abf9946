import { setTimeout } from "node:timers";
import type { Waiters } from "../../storage/waiters.ts";

/**
 * Finds out about other processes' commits by SQLite's `data_version`, while somebody waits: a hint, cheap, and gone
 * when nobody does. It does not keep the process alive.
 */
export class ChangePoll {
  readonly #waiters: Waiters;
  readonly #pollMs: number;
  /** Changes with every commit of another connection; null when it cannot be had now. */
  readonly #version: () => number | null;
  #seen: number | null = null;
  #running = false;

  constructor(waiters: Waiters, options: { pollMs: number; version: () => number | null }) {
    this.#waiters = waiters;
    this.#pollMs = options.pollMs;
    this.#version = options.version;
  }

  /** Somebody looks at the data: what was committed until now is no news to whoever waits next. */
  looked(): void {
    if (!this.#running) this.#seen = this.#version();
  }

  /** Somebody waits from here on. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#seen ??= this.#version();
    this.#later();
  }

  #later(): void {
    setTimeout(() => this.#tick(), this.#pollMs).unref?.();
  }

  #tick(): void {
    if (this.#waiters.size === 0) {
      this.#running = false;
      return;
    }
    const version = this.#version();
    if (version !== null && version !== this.#seen) {
      this.#seen = version;
      this.#waiters.changedSomewhere();
    }
    this.#later();
  }
}
