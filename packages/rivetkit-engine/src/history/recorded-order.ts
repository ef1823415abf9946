import { compareLocations, isLocationPrefix } from "../location.ts";
import type { Entry, Location, Storage } from "../model/history.ts";
import type { RecordedWait } from "./recorded-waits.ts";

/** Something recorded that gets a place in the run's order of completions. */
export type Recorded = Entry | RecordedWait;

interface Timed {
  readonly item: Recorded;
  readonly at: number;
}

/**
 * Entries in the order in which they were recorded: by the time of their result, what lies within a block before the
 * block. Only steps and loops have stored times; the others are put behind what stands before them in their scope, and
 * behind what lies within them. In a scope that stands first whose name was used first.
 */
export function inOrder(
  storage: Storage,
  waits: readonly RecordedWait[],
  parts: ReadonlySet<Entry>,
): Recorded[] {
  const entries = [...storage.history.entries.values()].filter((entry) => !parts.has(entry));
  const items: Recorded[] = [...entries, ...waits];
  items.sort((a, b) => compareLocations(standing(a), standing(b)));
  const known = items.map((item) => timeOf(storage, item));
  const timed: Timed[] = [];
  let last = 0;
  for (const [i, item] of items.entries()) {
    const at = known[i] ?? Math.max(last, latestWithin(items, known, i));
    last = Math.max(last, at);
    timed.push({ item, at });
  }
  timed.sort((a, b) => a.at - b.at || innerFirst(standing(a.item), standing(b.item)));
  return timed.map(({ item }) => item);
}

/** The name of a wait as a whole was never used. */
function standing(item: Recorded): Location {
  return "messages" in item ? item.firstPart : item.location;
}

/** When it was recorded, in milliseconds since the epoch; undefined when that was not stored. */
function timeOf(storage: Storage, item: Recorded): number | undefined {
  if ("messages" in item) return item.createdAt || undefined;
  const metadata = storage.entryMetadata.get(item.id);
  return (
    metadata?.completedAt ?? (metadata?.lastAttemptAt || undefined) ?? (metadata?.createdAt || undefined)
  );
}

function latestWithin(
  items: readonly Recorded[],
  known: readonly (number | undefined)[],
  at: number,
): number {
  const { location } = items[at] as Recorded;
  let latest = 0;
  for (let i = at + 1; i < items.length; i++) {
    if (!isLocationPrefix(location, (items[i] as Recorded).location)) break;
    latest = Math.max(latest, known[i] ?? 0);
  }
  return latest;
}

function innerFirst(a: Location, b: Location): number {
  const order = compareLocations(a, b);
  return isLocationPrefix(a, b) || isLocationPrefix(b, a) ? -order : order;
}
