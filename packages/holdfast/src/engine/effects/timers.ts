import type { Clock } from "../../model/clock.ts";
import { Heap } from "../replay/heap.ts";

/**
 * Owns: the durable timers of a pass that are waited for now: sleeps, message timeouts, retries.
 * Invariants: a timer never fires before its deadline by the storage's clock (I18), except that a clock which is set
 * back delays none beyond its original duration; at most one timer of the runtime exists per pass; what is kept
 * of cancelled timers is bounded by those that wait (P14).
 */

/** So many cancelled timers may be kept, whatever waits. */
const CANCELLED_KEPT = 8;

interface Timer {
  readonly dueAt: number;
  /** When it is due by the monotonic clock, whatever the storage's clock is set to. */
  readonly dueMonotonic: number;
  /** Of those that are due at one instant the first asked for fires first. */
  readonly order: number;
  readonly fire: () => void;
  cancelled: boolean;
}

export class Timers {
  readonly #clock: Clock;
  readonly #timers: Heap<Timer> = new Heap(
    (timer) => timer.dueAt,
    (timer) => timer.order,
  );
  #asked = 0;
  #live = 0;
  #bounds = 0;
  #held = false;
  /** The storage's clock, that timers are judged by: milliseconds since the epoch. */
  now: () => number;

  constructor(clock: Clock, now: () => number) {
    this.#clock = clock;
    this.now = now;
  }

  /** How much waits for a time. */
  get size(): number {
    return this.#live - this.#bounds;
  }

  /** Calls `fire` from `fireDue` once `dueAt` has come; `fullMs` is the wait's whole length. */
  add(dueAt: number, fullMs: number, fire: () => void): () => void {
    const remaining = Math.min(Math.max(0, dueAt - this.now()), fullMs);
    const dueMonotonic = this.#clock.monotonic() + remaining;
    this.#asked += 1;
    const timer: Timer = { dueAt, dueMonotonic, order: this.#asked, fire, cancelled: false };
    this.#timers.push(timer);
    this.#live += 1;
    return () => {
      if (timer.cancelled) return;
      timer.cancelled = true;
      this.#live -= 1;
      // Those behind a timer that waits would else stay until it fires, and what they hold with them.
      if (this.#timers.size > 2 * this.#live + CANCELLED_KEPT)
        this.#timers.keep(({ cancelled }) => !cancelled);
    };
  }

  /** As `add`, for the time at which the run ends whatever its code waits for: nothing waits for it. */
  addBound(dueAt: number, fullMs: number, fire: () => void): void {
    this.#bounds += 1;
    this.add(dueAt, fullMs, () => {
      this.#bounds -= 1;
      fire();
    });
  }

  get held(): boolean {
    return this.#held;
  }

  /** None fires any more: the pass is to end, and the next one looks at the deadlines. */
  hold(): void {
    this.#held = true;
  }

  /** The earliest deadline, or null. */
  earliest(): number | null {
    return this.#first()?.dueAt ?? null;
  }

  /** Milliseconds until the earliest timer is due, or null. */
  delay(): number | null {
    const timer = this.#first();
    if (timer === undefined || this.#held) return null;
    return Math.max(0, Math.min(timer.dueAt - this.now(), timer.dueMonotonic - this.#clock.monotonic()));
  }

  /** Fires what is due, earliest deadline first. */
  fireDue(): void {
    if (this.#held) return;
    for (let timer = this.#first(); timer !== undefined; timer = this.#first()) {
      if (timer.dueAt > this.now() && timer.dueMonotonic > this.#clock.monotonic()) return;
      this.#timers.pop();
      timer.cancelled = true;
      this.#live -= 1;
      timer.fire();
    }
  }

  #first(): Timer | undefined {
    let timer = this.#timers.peek();
    while (timer?.cancelled) {
      this.#timers.pop();
      timer = this.#timers.peek();
    }
    return timer;
  }
}
