import type { KVEntry } from "../storage/records.ts";
import { type Digest, digestWith, type RunHeader } from "./header.ts";
import { SegmentType } from "./location.ts";
import type { NameRegistry } from "./name-registry.ts";
import type { Place } from "./place.ts";
import { sealName } from "./row-names.ts";
import type { WriteSet } from "./write-set.ts";

/** Owns: which names a write set has to tell, and by which rows. */

/** What names are told of. */
interface Named {
  readonly header: RunHeader;
  readonly root: Place;
  readonly runTag: number;
  readonly dirtyEntries: Iterable<Place>;
  nameOf(index: number): string;
}

/** So many names are needed by these entries. */
export function namesNeeded(dirty: Iterable<Place>): number {
  let needed = 0;
  for (const place of dirty) if (place.entry !== null) needed = Math.max(needed, place.namesNeeded);
  return needed;
}

/** Whose entry is among those to be written and tells this name too; null: the name needs a row of its own. */
export function tellerOf(root: Place, index: number, dirty: ReadonlySet<Place>): Place | null {
  const place = root.existing(SegmentType.name, index);
  return place !== undefined && place.entry !== null && dirty.has(place) ? place : null;
}

/** Adds the row of a name, and gives the digest with it. */
export function putName(
  run: Pick<Named, "runTag" | "nameOf">,
  index: number,
  { puts, digest }: { readonly puts: KVEntry[]; readonly digest: Digest },
): Digest {
  const row = sealName(run.runTag, index, run.nameOf(index));
  puts.push({ key: row.key, value: row.value });
  return digestWith(digest, row.checksum);
}

/**
 * The next `atMost` names alone, where those that what is dirty needs have more rows of their own than that; else null. What is
 * dirty stays so, and names that no entry uses yet say nothing: a process that dies now leaves the run as it was.
 */
export function namesAhead(run: Named, names: NameRegistry, atMost: number): WriteSet | null {
  const { header, root } = run;
  // A run begins with its input.
  if (header.revision === 0 || names.all.length - names.told <= atMost) return null;
  const dirty = new Set(run.dirtyEntries);
  const needed = namesNeeded(dirty);
  let rows = 0;
  for (let index = names.told; index < needed; index++) if (tellerOf(root, index, dirty) === null) rows += 1;
  if (rows <= atMost) return null;
  const { indexes, undo } = names.takeBelow(names.told + atMost);
  const puts: KVEntry[] = [];
  let { digest } = header;
  for (const index of indexes) digest = putName(run, index, { puts, digest });
  const { sequence, lastTime, checkpointAt } = header;
  return { puts, deletes: [], deleteRanges: [], digest, sequence, lastTime, checkpointAt, undo };
}
