import { StorageError } from "../model/errors/storage-errors.ts";

/** Whether this is a storage that says that the same call will not succeed later either. */
export function failsForGood(error: unknown): boolean {
  return StorageError.is(error) && !error.retryable;
}
