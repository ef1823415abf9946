import { messageOf } from "../model/errors/describe-error.ts";
import { HoldfastError } from "../model/errors/holdfast-error.ts";
import { StorageError } from "../model/errors/storage-errors.ts";

/**
 * What a storage threw, as its failure: an error without a type of the library's says nothing of what was done, and may be tried
 * again. `tell` makes its text of what was thrown.
 */
export function storageFailure(
  thrown: unknown,
  outcome: StorageError["outcome"],
  tell: (thrown: string) => string = (told) => `The storage failed: ${told}`,
): unknown {
  if (HoldfastError.is(thrown)) return thrown;
  return new StorageError(tell(messageOf(thrown)), { outcome, retryable: true, cause: thrown });
}
