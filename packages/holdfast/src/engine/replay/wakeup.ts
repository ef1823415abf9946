/** A latch: one waits, anybody notifies; a notification before the wait is not lost. */
export class Wakeup {
  #notified = false;
  #resume: (() => void) | null = null;

  notify(): void {
    const resume = this.#resume;
    this.#resume = null;
    if (resume === null) this.#notified = true;
    else resume();
  }

  /** Resolves at the next notification, or at once when there was one since the last wait. */
  wait(): Promise<void> {
    if (this.#notified) {
      this.#notified = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }
}
