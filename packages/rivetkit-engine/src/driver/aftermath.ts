import type { KeyRange } from "holdfast";
import { decodeAside, encodeAside } from "./aside-row.ts";
import { AFTERMATH_KEY } from "./own-keys.ts";

/** The completion of a message in the host's queue. */
export interface Completion {
  readonly id: string;
  /** The answer's payload; null: completed without one. */
  readonly response: Uint8Array | null;
}

/** A message for the host's queue. */
export interface Sending {
  readonly id: string;
  readonly name: string;
  /** The body's payload. */
  readonly body: Uint8Array;
  readonly sentAt: number;
}

/**
 * What follows a batch of the host and is not part of it: deletions, messages, and the rows of a commit that was too
 * large for one batch. It is written by the batch, done at once, and done again by whoever finds it: every part of it
 * may be done twice.
 */
export interface Aftermath {
  /** Rows that wait under `STAGED_PREFIX`. */
  readonly staged: number;
  readonly deletes: readonly Uint8Array[];
  readonly ranges: readonly KeyRange[];
  readonly completions: readonly Completion[];
  readonly sendings: readonly Sending[];
}

export const NO_AFTERMATH: Aftermath = {
  staged: 0,
  deletes: [],
  ranges: [],
  completions: [],
  sendings: [],
};

export function isNothing(aftermath: Aftermath): boolean {
  const { staged, deletes, ranges, completions, sendings } = aftermath;
  return staged + deletes.length + ranges.length + completions.length + sendings.length === 0;
}

export function encodeAftermath(aftermath: Aftermath): Uint8Array {
  return isNothing(aftermath) ? new Uint8Array(0) : encodeAside(AFTERMATH_KEY, aftermath);
}

/** @throws CorruptionError */
export function decodeAftermath(bytes: Uint8Array | null): Aftermath {
  if (bytes === null || bytes.length === 0) return NO_AFTERMATH;
  return decodeAside(AFTERMATH_KEY, bytes) as Aftermath;
}
