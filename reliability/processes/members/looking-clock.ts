import type { Clock } from "#holdfast/index.ts";
import { machineTime } from "../ledger/ledger-client.ts";

/** The process's clock, which knows when it was last looked at: before each body a host looks whether its lease is over. */
export interface LookingClock extends Clock {
  /** By the machine's monotonic clock. */
  readonly lookedAt: () => number;
}

export function lookingClock(): LookingClock {
  let lookedAt = machineTime();
  return {
    now: () => Date.now(),
    monotonic: () => {
      lookedAt = machineTime();
      return lookedAt;
    },
    setTimer: (delayMs, fire) => {
      const timer = setTimeout(fire, Math.max(0, Math.ceil(delayMs)));
      return () => clearTimeout(timer);
    },
    lookedAt: () => lookedAt,
  };
}
