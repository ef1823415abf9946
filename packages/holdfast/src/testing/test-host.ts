import { type MemoryStore, memoryStore } from "../drivers/memory/memory-store.ts";
import { createHost, type Host } from "../host/create-host.ts";
import type { HostOptions } from "../host/host-options.ts";
import { HOST_OPTIONS } from "../host/option-names.ts";
import { checkMethods } from "../model/check.ts";
import { describe } from "../model/describe.ts";
import type { Duration } from "../model/duration.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import { checkGiven, type OptionNames } from "../model/option-names.ts";
import { STORE_METHODS } from "../storage/port-methods.ts";
import { type VirtualClock, type VirtualClockOptions, virtualClock } from "./virtual-clock.ts";

/** Options of `createTestHost`: those of `createHost` but for what it brings itself. */
export type TestHostOptions = Omit<HostOptions, "store" | "clock" | "scheduler"> &
  VirtualClockOptions & {
    /** The store and clock of another test host: two hosts that share them are two processes on one store. */
    readonly beside?: Pick<TestHost, "store" | "clock">;
  };

const TEST_HOST_OPTIONS: OptionNames = new Set([
  ...[...HOST_OPTIONS].filter((name) => !["store", "clock", "scheduler"].includes(name)),
  "now",
  "beside",
]);

/** The store's hints come at once, so looks without one can be rare: each costs a test that sleeps for years. */
const POLL_MS = 86_400_000;

/** A host for tests: in memory, on a clock that stands still until the test moves it. */
export interface TestHost extends Host {
  readonly store: MemoryStore;
  readonly clock: VirtualClock;
  /**
   * Lets time pass, milliseconds or a string such as `"3d"`; timers fire in order, and everything they set going comes to
   * rest in between. @throws InvalidArgumentError
   */
  advance(duration: Duration): Promise<void>;
  /**
   * Lets time pass until the promise settles, at most `within` (default 400 days), and gives what it settled with: `await
   * host.settle(handle.result())` sleeps through a month in no time. Use it for whatever waits for the run: `result()`,
   * `request()`, `pause()`. Step bodies should wait on `host.clock.sleep`, not on real timers or the network: the clock
   * does not see those, and lets a body's timeout pass while it waits for them.
   * @throws Error when the promise does not settle in that time, which says what it may wait for
   */
  settle<Value>(promise: Promise<Value>, within?: Duration): Promise<Value>;
}

/**
 * A host over a store in memory, on a virtual clock.
 * @throws InvalidArgumentError, LimitError as `createHost`
 *
 * @example
 * const host = await createTestHost({ workflows: [trial] });
 * const handle = await host.start(trial, { workflowId: "trial-1", input: { user: "ada" } });
 * await host.advance("14d");
 * expect(await host.settle(handle.result())).toEqual({ reminded: true });
 * await host.stop();
 */
export async function createTestHost(options: TestHostOptions): Promise<TestHost> {
  checkGiven(options, "The options of createTestHost", TEST_HOST_OPTIONS);
  const { now, beside, ...rest } = options;
  if (beside !== undefined) checkBeside(beside, now);
  const clock = beside?.clock ?? virtualClock(now === undefined ? {} : { now });
  const store = beside?.store ?? memoryStore({ clock });
  const host = await createHost({ pollMs: POLL_MS, ...rest, store, clock, scheduler: clock.scheduler });
  return {
    ...host,
    store,
    clock,
    advance: (duration) => clock.advance(duration),
    settle: (promise, within) => clock.settle(promise, within),
    // Draining takes time, and only the test's clock has any.
    stop: (how) => clock.settle(host.stop(how)),
  };
}

/** Without its store and clock the host would stand alone, and a test of two would test one. */
function checkBeside(beside: Pick<TestHost, "store" | "clock">, now: number | undefined): void {
  const { clock, store } = Object(beside) as Partial<typeof beside>;
  checkMethods(clock, "beside must be a test host: its clock", ["advance", "settle"]);
  checkMethods(store, "beside must be a test host: its store", STORE_METHODS);
  if (now === undefined) return;
  throw new InvalidArgumentError(
    `now is the clock's of the host beside; got now ${describe(now)} as well. Leave it out, or use advance().`,
  );
}
