import { readStorage, writeStorage } from "../../storage/storage-failure.ts";

/** Writes to a namespace; what it throws, at once or later, is a typed error. */
export function writing(write: () => Promise<void>): Promise<void> {
  return writeStorage(
    write,
    (told) => `The key-value storage failed to write: ${told}. Whether it has written is not known.`,
  );
}

/** Reads from a namespace; what it throws, at once or later, is a typed error. */
export function reading<Value>(read: () => Promise<Value>): Promise<Awaited<Value>> {
  return readStorage(read, (told) => `The key-value storage failed to read: ${told}. Try again.`);
}
