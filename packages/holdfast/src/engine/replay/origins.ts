import type { Entry } from "../../history/entry.ts";
import type { Place } from "../../history/place.ts";

/**
 * The entries that an error came from: `recover` gives these another chance, and leaves alone the failures that the
 * code has handled. Looked for in the error, its causes and the errors gathered in it; where the code threw an error of
 * its own, the last failure below `under` counts if nothing was recorded after it.
 */
export function originsOf(error: unknown, origins: WeakMap<object, Place>, under: Place): Place[] {
  const found = new Set<Place>();
  const seen = new Set<unknown>();
  const waiting: unknown[] = [error];
  while (waiting.length > 0) {
    const at = waiting.pop();
    if (typeof at !== "object" || at === null || seen.has(at)) continue;
    seen.add(at);
    const place = origins.get(at);
    if (place !== undefined) found.add(place);
    else for (const within of inside(at)) waiting.push(within);
  }
  if (found.size > 0) return [...found];
  const last = lastRecorded(under);
  return last !== null && isFailure(last.entry) ? [last] : [];
}

/** Whether an operation failed, be it that its failure was given as data. */
export function isFailure({ status, kind, detail }: Entry): boolean {
  return status === "failed" || (kind === "try" && status === "completed" && detail !== null);
}

/**
 * The errors in an error: its cause, and those that a JoinError, RaceError, MapError or AggregateError gathers, however many they
 * are.
 */
function inside(error: object): unknown[] {
  try {
    const { cause, errors } = error as { cause?: unknown; errors?: unknown };
    const gathered: unknown[] = isList(errors) ? Object.values(errors) : [];
    return [cause, ...gathered, ...gathered.map((item) => (item as { error?: unknown } | null)?.error)];
  } catch {
    return [];
  }
}

/** Bytes are none: there may be millions of them, and no error is among them. */
function isList(errors: unknown): errors is object {
  return typeof errors === "object" && errors !== null && !ArrayBuffer.isView(errors);
}

function lastRecorded(
  under: Place,
): ReturnType<Place["entries"]> extends IterableIterator<infer Found> ? Found | null : never {
  let last = null;
  for (const place of under.entries()) {
    if (place !== under && place.entry.sequence > (last?.entry.sequence ?? 0)) last = place;
  }
  return last;
}
