import { messageOf } from "../model/errors/describe-error.ts";
import { HoldfastError } from "../model/errors/holdfast-error.ts";
import { StorageError } from "../model/errors/storage-errors.ts";

/** Makes its text of what a storage threw. */
type Telling = (thrown: string) => string;

const failed: Telling = (thrown) => `The storage failed: ${thrown}`;

/** What `read` gives; what it throws, at once or later, without a type of the library's is a `StorageError`. */
export function readStorage<Value>(
  read: () => Value | Promise<Value>,
  tell: Telling = failed,
): Promise<Awaited<Value>> {
  return telling(read, "not-applied", tell);
}

/** The same of a write: whether it was applied is not known. */
export function writeStorage<Value>(
  write: () => Value | Promise<Value>,
  tell: Telling = failed,
): Promise<Awaited<Value>> {
  return telling(write, "unknown", tell);
}

/** What is not there is null, also for those who write undefined. */
export async function orNull<Value>(answer: Promise<Value | null>): Promise<Value | null> {
  return (await answer) ?? null;
}

async function telling<Value>(
  call: () => Value | Promise<Value>,
  outcome: StorageError["outcome"],
  tell: Telling,
): Promise<Awaited<Value>> {
  try {
    return await call();
  } catch (thrown) {
    throw storageFailure(thrown, outcome, tell);
  }
}

/** The failure of a storage that has not said what failed. */
class UntypedFailure extends StorageError {}

/** Whether the storage itself says that the same call may succeed later. */
export function saysToTryAgain(error: StorageError): boolean {
  return error.retryable && !(error instanceof UntypedFailure);
}

/** An error without a type says nothing of what was done, and the call may be tried again. */
export function storageFailure(
  thrown: unknown,
  outcome: StorageError["outcome"],
  tell: Telling = failed,
): unknown {
  if (HoldfastError.is(thrown)) return thrown;
  return new UntypedFailure(tell(messageOf(thrown)), { outcome, retryable: true, cause: thrown });
}
