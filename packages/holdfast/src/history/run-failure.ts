import { BareReader, BareWriter } from "./bare.ts";

/** Why a run failed, as its error row keeps it. */
export interface RunFailure {
  /** The workflow's own error. */
  readonly failure: Uint8Array;
  /** Keys of the entries that the error came from: what `recover` resets. */
  readonly origins: readonly Uint8Array[];
  /** Why its rollback could not be finished, with the step's name in it; null when it could. */
  readonly rollbackFailure: Uint8Array | null;
}

export function encodeRunFailure(failure: RunFailure): Uint8Array {
  const out = new BareWriter();
  out.data(failure.failure);
  writeKeys(out, failure.origins);
  out.bool(failure.rollbackFailure !== null);
  if (failure.rollbackFailure !== null) out.data(failure.rollbackFailure);
  return out.finish();
}

/**
 * @throws CorruptionError when the bytes are not a run's failure.
 */
export function decodeRunFailure(bytes: Uint8Array): RunFailure {
  const from = new BareReader(bytes, "error");
  const failure = from.data();
  const origins = readKeys(from);
  const rollbackFailure = from.bool() ? from.data() : null;
  from.end();
  return { failure, origins, rollbackFailure };
}

/** Keys of entries, as a failed block keeps those that its failure came from. */
export function encodeKeys(keys: readonly Uint8Array[]): Uint8Array {
  const out = new BareWriter();
  writeKeys(out, keys);
  return out.finish();
}

function writeKeys(out: BareWriter, keys: readonly Uint8Array[]): void {
  out.uint(keys.length);
  for (const key of keys) out.data(key);
}

function readKeys(from: BareReader): Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (let left = from.uint(); left > 0; left--) keys.push(from.data());
  return keys;
}

/**
 * @throws CorruptionError when the bytes are not keys.
 */
export function decodeKeys(bytes: Uint8Array): Uint8Array[] {
  const from = new BareReader(bytes, "origins");
  const keys = readKeys(from);
  from.end();
  return keys;
}
