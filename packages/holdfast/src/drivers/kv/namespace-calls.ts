import { storageFailure } from "../../storage/storage-failure.ts";

/** Writes to a namespace; what it throws, at once or later, is a typed error. */
export async function writing(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw storageFailure(
      error,
      "unknown",
      (told) => `The key-value storage failed to write: ${told}. Whether it has written is not known.`,
    );
  }
}

/** Reads from a namespace; what it throws, at once or later, is a typed error. */
export async function reading<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw storageFailure(
      error,
      "not-applied",
      (told) => `The key-value storage failed to read: ${told}. Try again.`,
    );
  }
}
