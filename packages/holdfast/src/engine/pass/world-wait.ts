import type { Committer } from "./committer.ts";
import type { Execution } from "./execution.ts";

/** Between looks at the queue when no hint comes; doubled each time, up to an hour (I19). */
const FIRST_POLL_MS = 1_000;
const LONGEST_POLL_MS = 3_600_000;

/**
 * Owns: how a pass waits for the world: a body, a timer, a message, a wish; and how soon it looks at the queue though no hint has
 * come.
 */
export class WorldWait {
  readonly #execution: Execution;
  readonly #committer: Committer;
  #pollMs = FIRST_POLL_MS;

  constructor(execution: Execution, committer: Committer) {
    this.#execution = execution;
    this.#committer = committer;
  }

  /** Waits until something has happened, and no longer than so many milliseconds. */
  async wait(atMostMs: number | null = null): Promise<null> {
    const { timers, mailbox, wakeup, world } = this.#execution;
    const cancels: (() => void)[] = [];
    const delay = timers.delay();
    for (const ms of [delay, atMostMs])
      if (ms !== null) cancels.push(world.clock.setTimer(ms, () => wakeup.notify()));
    if (mailbox.isWaiting) {
      // What came since the last look is not hinted at any more.
      if (!mailbox.isExpecting && this.#listen()) this.#hinted();
      cancels.push(world.clock.setTimer(this.#pollMs, () => this.#polled()));
    }
    await wakeup.wait();
    for (const cancel of cancels) cancel();
    return null;
  }

  /** Has hints come from now on, where there is a use for them: the storage itself wakes a claimed run that parks. */
  listen(): void {
    const { bodies, busy } = this.#execution;
    if (this.#committer.epoch === 0 || busy || bodies.waiting.length > 0) this.#listen();
  }

  /** The queue is to be looked at again in a while. */
  lookSoon(): void {
    this.#pollMs = FIRST_POLL_MS;
  }

  /** No hint has come for a while: looks nevertheless, and less often from now on. */
  #polled(): void {
    this.#pollMs = Math.min(this.#pollMs * 2, LONGEST_POLL_MS);
    this.#execution.mailbox.hint();
    this.#execution.wakeup.notify();
  }

  /** Whether hints come from now on, and did not before. */
  #listen(): boolean {
    return this.#execution.mailbox.listen(this.#committer.driver, () => this.#hinted());
  }

  #hinted(): void {
    this.lookSoon();
    this.#execution.mailbox.hint();
    this.#execution.wakeup.notify();
  }
}
