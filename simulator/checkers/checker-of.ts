import type { Evidence } from "../evidence/evidence.ts";
import type { Checker, Violation } from "./checker.ts";

/** A checker whose search finds violations one after the other. */
export function checkerOf(
  id: string,
  title: string,
  search: (evidence: Evidence) => Iterable<Violation>,
): Checker {
  return { id, title, check: (evidence) => [...search(evidence)] };
}

/** Bytes are equal, or both absent. */
export function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
