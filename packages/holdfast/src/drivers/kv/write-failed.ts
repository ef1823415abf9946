import { HoldfastError } from "../../model/errors/holdfast-error.ts";
import { StorageError } from "../../model/errors/storage-errors.ts";

/** Throws what a namespace rejected a write with, as a typed error. */
export function writeFailed(error: unknown): never {
  if (HoldfastError.is(error)) throw error;
  const told = error instanceof Error ? error.message : String(error);
  throw new StorageError(
    `The key-value storage failed to write: ${told}. Whether it has written is not known.`,
    {
      outcome: "unknown",
      retryable: true,
      cause: error,
    },
  );
}
