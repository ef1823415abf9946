import type { Evidence } from "./evidence.ts";

/** Something that is worked out of an evidence once, however many checkers ask for it. */
export function memo<T>(workOut: (evidence: Evidence) => T): (evidence: Evidence) => T {
  const known = new WeakMap<Evidence, { readonly value: T }>();
  return (evidence) => {
    let found = known.get(evidence);
    if (found === undefined) {
      found = { value: workOut(evidence) };
      known.set(evidence, found);
    }
    return found.value;
  };
}
