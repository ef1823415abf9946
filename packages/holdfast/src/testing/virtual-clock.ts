import { checkMethods } from "../model/check.ts";
import type { Clock, Scheduler } from "../model/clock.ts";
import { durationMs, instantMs } from "../model/duration.ts";
import { checkGiven, type OptionNames, optionNames } from "../model/option-names.ts";
import { systemWorld } from "../system/system-world.ts";

/** Turns of the event loop in which nothing happened, after which everything is taken to wait for time. */
const QUIET_TURNS = 4;

/** The instant at which a virtual clock starts: some moment in 2030. */
const DEFAULT_NOW = 1_893_456_000_000;

/** How much time `settle` lets pass: somewhat more than a year. */
const DEFAULT_WITHIN_MS = 400 * 86_400_000;

/** Options of `virtualClock`. */
export interface VirtualClockOptions {
  /** The instant at which it starts, in milliseconds since the epoch. @default some moment in 2030 */
  readonly now?: number;
}

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
  readonly #timers: Set<Timer> = new Set();

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
    this.#timers.add(timer);
    return () => {
      if (this.#timers.delete(timer)) this.#activity += 1;
    };
  }

  /** A promise that is fulfilled `ms` from now. */
  async sleep(ms: number): Promise<void> {
    checkSpan(ms, "sleep(): the milliseconds");
    return new Promise((resolve) => {
      this.setTimer(ms, resolve);
    });
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.size;
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

  /** Moves time by `ms`, firing timers in their order and letting the event loop run in between. */
  async advance(ms: number): Promise<void> {
    checkSpan(ms, "advance(): the milliseconds");
    await this.advanceTo(this.now() + ms);
  }

  /** Moves time to `instant`, as `advance`. An instant that is past moves nothing. */
  async advanceTo(instant: number): Promise<void> {
    instantMs(instant, "advanceTo(): the instant");
    const end = Math.max(this.#elapsed, instant - this.#start);
    await this.runUntilIdle();
    for (let timer = this.#next(); timer !== undefined && timer.at <= end; timer = this.#next()) {
      this.#fire(timer);
      await this.runUntilIdle();
    }
    this.#elapsed = end;
    await this.runUntilIdle();
  }

  /**
   * Moves time from timer to timer until `promise` settles, and gives what it settled with.
   * @throws Error when it does not settle within `withinMs`, or cannot because no timer is left.
   */
  async settle<T>(promise: Promise<T>, withinMs: number = DEFAULT_WITHIN_MS): Promise<T> {
    checkMethods(promise, "settle(): the promise", ["then"]);
    checkSpan(withinMs, "settle(): withinMs");
    const end = this.#elapsed + withinMs;
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    promise.then(settle, settle);
    for (;;) {
      await this.#drain(() => settled);
      if (settled) return promise;
      const timer = this.#next();
      if (timer === undefined)
        throw new Error("The promise never settles: everything is at rest and no timer is left.");
      if (timer.at > end)
        throw new Error(`The promise did not settle within ${withinMs} ms of virtual time.`);
      this.#fire(timer);
    }
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#elapsed = Math.max(this.#elapsed, timer.at);
    timer.fire();
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order))
        next = timer;
    }
    return next;
  }

  async #drain(done: () => boolean): Promise<void> {
    let quiet = 0;
    while (quiet < QUIET_TURNS && !done()) {
      const before = this.#activity;
      await new Promise<void>((resolve) => systemWorld.scheduler.afterMicrotasks(resolve));
      quiet = this.#activity === before ? quiet + 1 : 0;
    }
  }
}

const CLOCK_OPTIONS: OptionNames = optionNames<VirtualClockOptions>({ now: true });

function checkSpan(ms: unknown, what: string): void {
  // A string would be joined to a number.
  durationMs(typeof ms === "number" ? ms : Number.NaN, what);
}

/**
 * A clock for tests: time passes only when the test says so.
 *
 * @throws InvalidArgumentError
 * @example
 * const clock = virtualClock();
 * const handle = runWorkflow("a", order, {}, driver, { clock, scheduler: clock.scheduler, mode: "live" });
 * await clock.advance(60_000);
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  checkGiven(options, "The options of virtualClock", CLOCK_OPTIONS);
  const { now = DEFAULT_NOW } = options;
  return new VirtualClock(instantMs(now, "now"));
}
