import { RequestTimeoutError, StorageError } from "#holdfast/index.ts";

/** Between two tries of what a failing storage refused. */
const RETRY_MS = 50;

/** Repeats a call that is idempotent until the storage took it, or its answer came. */
export async function untilStored<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const passes = StorageError.is(error) || RequestTimeoutError.is(error);
      if (!passes) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
