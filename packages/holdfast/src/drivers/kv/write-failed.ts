import { HoldfastError } from "../../model/errors/holdfast-error.ts";
import { StorageError } from "../../model/errors/storage-errors.ts";

/** Writes to a namespace; what it throws, at once or later, is a typed error. */
export async function writing(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    writeFailed(error);
  }
}

function writeFailed(error: unknown): never {
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
