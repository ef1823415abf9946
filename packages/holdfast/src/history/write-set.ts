import type { KeyRange, KVEntry } from "../storage/records.ts";
import type { Digest } from "./header.ts";
import type { TakenNames } from "./name-registry.ts";
import type { Place } from "./place.ts";

/** What one commit writes: taken at one instant, never changed afterwards. */
export interface WriteSet {
  readonly puts: readonly KVEntry[];
  readonly deletes: readonly Uint8Array[];
  readonly deleteRanges: readonly KeyRange[];
  readonly digest: Digest;
  readonly sequence: number;
  readonly lastTime: number;
  readonly checkpointAt: number;
  readonly undo: () => void;
}

/** Stored rows that are to go. */
export interface RemovedRows {
  readonly ranges: KeyRange[];
  readonly deletes: Uint8Array[];
  readonly checksums: number[];
}

/** What a write set was made of, so that it can be put back. */
export interface TakenRows {
  readonly dirty: Set<Place>;
  readonly dirtyBytes: number;
  readonly removed: RemovedRows;
  readonly names: TakenNames;
  /** Places whose rows tell their names from this write set on. */
  readonly telling: Place[];
  readonly written: WrittenRow[];
}

/** A place whose entry is written: the checksum of its row, and of the one before. */
export interface WrittenRow {
  readonly place: Place;
  readonly before: number | null;
  readonly checksum: number;
}
