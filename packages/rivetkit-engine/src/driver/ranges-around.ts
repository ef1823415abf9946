import type { KeyRange } from "holdfast";
import { compareKeys } from "./compare-keys.ts";

/**
 * A range without the keys that are put by the same commit: here the puts come first, and what is deleted after them must
 * leave them alone.
 */
export function rangesAround(range: KeyRange, keys: readonly Uint8Array[]): KeyRange[] {
  const within = keys.filter((key) => compareKeys(key, range.from) >= 0 && compareKeys(key, range.to) < 0);
  within.sort(compareKeys);
  const ranges: KeyRange[] = [];
  let from = range.from;
  for (const key of within) {
    if (compareKeys(from, key) < 0) ranges.push({ from, to: key });
    from = successor(key);
  }
  if (compareKeys(from, range.to) < 0) ranges.push({ from, to: range.to });
  return ranges;
}

/** The next key in byte order. */
function successor(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}
