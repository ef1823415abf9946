import type { Clock } from "../../model/clock.ts";
import { StorageError } from "../../model/errors/storage-errors.ts";
import type { EngineDriver } from "../../storage/driver.ts";

/** A failing storage is tried so many times, each wait twice the one before, before the pass gives the run up. */
export const STORAGE_TRIES = 8;
const FIRST_WAIT_MS = 25;

/** The wait after failed try `attempt`, from 1, in milliseconds. */
export function msAfterTry(attempt: number): number {
  return FIRST_WAIT_MS * 2 ** (attempt - 1);
}

/** The wait after failed try `attempt`, from 1. */
export function waitAfterTry(clock: Clock, attempt: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(msAfterTry(attempt), resolve);
  });
}

/** The wait after failed try `attempt`, from 1; null when it was the last. */
export function fewTries(clock: Clock, attempt: number): Promise<void> | null {
  return attempt < STORAGE_TRIES ? waitAfterTry(clock, attempt) : null;
}

/** The wait after failed try `attempt`, from 1, of what failed so; null: it is not tried again. */
export type Again = (attempt: number, error: StorageError) => Promise<void> | null;

/** Reads from a storage that may fail for a moment: a read changes nothing, so it is just tried again (P11). */
export async function patientRead<Value>(
  clock: Clock,
  read: () => Promise<Value>,
  again: Again = (attempt, { retryable }) => (retryable ? fewTries(clock, attempt) : null),
): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      const wait = StorageError.is(error) ? again(attempt, error) : null;
      if (wait === null) throw error;
      await wait;
    }
  }
}

/** A driver's messages, read patiently. */
export function patientMessages(
  driver: Pick<EngineDriver, "peekMessages" | "waitForMessages">,
  clock: Clock,
): Pick<EngineDriver, "peekMessages" | "waitForMessages"> {
  return {
    peekMessages: (names, count) => patientRead(clock, () => driver.peekMessages(names, count)),
    waitForMessages: (names, signal) => driver.waitForMessages(names, signal),
  };
}
