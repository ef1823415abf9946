import { Heap } from "../engine/replay/heap.ts";
import { checkMethods } from "../model/check.ts";
import type { Clock, Scheduler } from "../model/clock.ts";
import { type Duration, durationMs, type Instant, instantMs } from "../model/duration.ts";
import { formatMs } from "../model/errors/amounts.ts";
import { checkGiven, type OptionNames, optionNames } from "../model/option-names.ts";
import { systemWorld } from "../system/system-world.ts";

/** Turns of the event loop in which nothing happened, after which everything is taken to wait for time. */
const QUIET_TURNS = 4;

/** The same where no timer is left: a storage may take several without one, and then nothing comes of it any more. */
const LAST_TURNS = 100;

/** The instant at which a virtual clock starts. */
const DEFAULT_NOW = Date.UTC(2030, 0);

/** How much time `settle` lets pass: somewhat more than a year. */
const DEFAULT_WITHIN = "400d";

const LIKELY = "Does it wait for a message that nobody has sent, or for the real clock or network?";

/** Options of `virtualClock`. */
export interface VirtualClockOptions {
  /** The instant at which it starts, in milliseconds since the epoch. @default 2030-01-01T00:00:00Z */
  readonly now?: number;
}

/** So many timers that were cancelled may be kept, however few wait. */
const CANCELLED_KEPT = 64;

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/**
 * A clock that stands still until a test moves it. Pass it as `clock`, and its `scheduler` as `scheduler`, so that it
 * knows when the engine is at rest.
 */
export class VirtualClock implements Clock {
  /** The event loop, watched. */
  readonly scheduler: Scheduler;
  readonly #start: number;
  #elapsed = 0;
  #order = 0;
  #activity = 0;
  readonly #waiting: Set<Timer> = new Set();
  /** Those that wait, and some that were cancelled, the next one first. */
  readonly #timers: Heap<Timer> = new Heap(
    (timer) => timer.at,
    (timer) => timer.order,
  );

  /** @internal Use `virtualClock()`. */
  constructor(now: number) {
    this.#start = now;
    this.scheduler = {
      afterMicrotasks: (resume) => {
        this.#activity += 1;
        systemWorld.scheduler.afterMicrotasks(resume);
      },
    };
  }

  now(): number {
    return this.#start + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  setTimer(delayMs: number, fire: () => void): () => void {
    this.#activity += 1;
    const timer: Timer = { at: this.#elapsed + Math.max(0, delayMs), order: this.#order++, fire };
    this.#waiting.add(timer);
    this.#timers.push(timer);
    return () => {
      if (!this.#waiting.delete(timer)) return;
      this.#activity += 1;
      if (this.#timers.size > 2 * this.#waiting.size + CANCELLED_KEPT)
        this.#timers.keep((kept) => this.#waiting.has(kept));
    };
  }

  /** A promise that is fulfilled so long from now by this clock: what a step body in a test may wait for. */
  async sleep(duration: Duration): Promise<void> {
    const ms = durationMs(duration, "sleep(): the duration");
    return new Promise((resolve) => {
      this.setTimer(ms, resolve);
    });
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** When the next timer fires, in milliseconds since the epoch; null when there is none. */
  get nextTimer(): number | null {
    const timer = this.#next();
    return timer === undefined ? null : this.#start + timer.at;
  }

  /** Lets the event loop run, without moving time, until everything waits for time or for the outside. */
  async runUntilIdle(): Promise<void> {
    await this.#drain(() => false);
  }

  /**
   * Moves time on, firing timers in their order and letting the event loop run in between, so that everything has come to
   * rest when it resolves. It moves exactly as far as it is told, whatever happens on the way, but never back where something
   * else has moved it further meanwhile.
   * @throws InvalidArgumentError
   */
  async advance(duration: Duration): Promise<void> {
    await this.advanceTo(this.now() + durationMs(duration, "advance(): the duration"));
  }

  /** Moves time to `instant`, as `advance`. An instant that is past moves nothing. @throws InvalidArgumentError */
  async advanceTo(instant: Instant): Promise<void> {
    const end = Math.max(this.#elapsed, instantMs(instant, "advanceTo(): the instant") - this.#start);
    await this.runUntilIdle();
    for (let timer = this.#next(); timer !== undefined && timer.at <= end; timer = this.#next()) {
      this.#fire(timer);
      await this.runUntilIdle();
    }
    this.#elapsed = Math.max(this.#elapsed, end);
    await this.runUntilIdle();
  }

  /**
   * Moves time from timer to timer until `promise` settles, and gives what it settled with. `within`: how much time may
   * pass at most (default 400 days).
   * @throws Error when it does not settle within that, or cannot because no timer is left; InvalidArgumentError
   */
  async settle<T>(promise: Promise<T>, within: Duration = DEFAULT_WITHIN): Promise<T> {
    checkMethods(promise, "settle(): the promise", ["then"]);
    const withinMs = durationMs(within, "settle(): within");
    const end = this.#elapsed + withinMs;
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    promise.then(settle, settle);
    for (;;) {
      await this.#drain(() => settled);
      if (this.#waiting.size === 0) await this.#drain(() => settled || this.#waiting.size > 0, LAST_TURNS);
      if (settled) return promise;
      const timer = this.#next();
      if (timer === undefined)
        throw new Error(`The promise never settles: everything is at rest and no timer is left. ${LIKELY}`);
      if (timer.at > end)
        throw new Error(
          `The promise did not settle within ${formatMs(withinMs)} of virtual time. ${LIKELY} What takes longer needs advance(), or a longer settle(promise, within).`,
        );
      this.#fire(timer);
    }
  }

  #fire(timer: Timer): void {
    this.#waiting.delete(timer);
    this.#elapsed = Math.max(this.#elapsed, timer.at);
    timer.fire();
  }

  #next(): Timer | undefined {
    let next = this.#timers.peek();
    while (next !== undefined && !this.#waiting.has(next)) {
      this.#timers.pop();
      next = this.#timers.peek();
    }
    return next;
  }

  async #drain(done: () => boolean, quietTurns: number = QUIET_TURNS): Promise<void> {
    let quiet = 0;
    while (quiet < quietTurns && !done()) {
      const before = this.#activity;
      await new Promise<void>((resolve) => systemWorld.scheduler.afterMicrotasks(resolve));
      quiet = this.#activity === before ? quiet + 1 : 0;
    }
  }
}

const CLOCK_OPTIONS: OptionNames = optionNames<VirtualClockOptions>({ now: true });

/**
 * A clock for tests: time passes only when the test says so.
 *
 * @throws InvalidArgumentError
 * @example
 * const clock = virtualClock();
 * const handle = runWorkflow("a", order, {}, driver, { clock, scheduler: clock.scheduler, mode: "live" });
 * await clock.advance("1m");
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  checkGiven(options, "The options of virtualClock", CLOCK_OPTIONS);
  const { now = DEFAULT_NOW } = options;
  return new VirtualClock(instantMs(now, "now"));
}
