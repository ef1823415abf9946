import type { KVEntry } from "../storage/records.ts";
import type { Entry } from "./entry.ts";
import { writeEntry } from "./entry-codec.ts";
import { type Digest, digestWith, digestWithout, type RunHeader } from "./header.ts";
import { segmentRange, subtreeRange } from "./key.ts";
import { formatSegment, type Segment, SegmentType } from "./location.ts";
import { NameRegistry } from "./name-registry.ts";
import { namesAhead, namesNeeded, putName, tellerOf } from "./name-rows.ts";
import { Place } from "./place.ts";
import { sealRecord } from "./row.ts";
import { runTagOf } from "./run-tag.ts";
import { SingleRows } from "./single-rows.ts";
import { type Standing, Superseded } from "./superseded.ts";
import type { RemovedRows, TakenRows, WriteSet, WrittenRow } from "./write-set.ts";

/**
 * Owns: what is known of a run's history, and which of it is not written yet.
 * Does not own: when to write (engine/commit.ts), what it means (engine).
 * Invariants: a write set is taken as a whole before anything is awaited, and what changes afterwards belongs to the
 * next one (ARCHITECTURE 3); the digest follows exactly the rows that are stored (ARCHITECTURE 2); work per change does
 * not depend on the length of the history (P14).
 */
export class Journal {
  readonly workflowId: string;
  /** Binds every row to this run. */
  readonly runTag: number;
  readonly root: Place = new Place(null, null);
  /** As stored by the last commit, with the digest of what is stored. */
  header: RunHeader;
  /** The sequence number of the last completion, written or not. */
  sequence: number;
  /** No time that is handed to workflow code lies before it. */
  lastTime: number;

  /** The sequence number of the first rollback checkpoint; 0 when there is none. */
  checkpointAt: number;

  readonly #names: NameRegistry = new NameRegistry();
  #dirty: Set<Place> = new Set();
  #dirtyBytes = 0;
  #removed: RemovedRows = { ranges: [], deletes: [], checksums: [] };
  readonly #singles: SingleRows;
  readonly #superseded: Superseded = new Superseded();
  #liveEntries = 0;

  constructor(workflowId: string, header: RunHeader) {
    this.workflowId = workflowId;
    this.runTag = runTagOf(workflowId);
    this.#singles = new SingleRows(this.runTag);
    this.header = header;
    this.sequence = header.sequence;
    this.lastTime = header.lastTime;
    this.checkpointAt = header.checkpointAt;
  }

  /** Live entries, written or not. */
  get liveEntries(): number {
    return this.#liveEntries;
  }

  get names(): readonly string[] {
    return this.#names.all;
  }

  get dirtyEntries(): Iterable<Place> {
    return this.#dirty;
  }

  get dirtyCount(): number {
    return this.#dirty.size;
  }

  /** Payload bytes that wait for a commit. */
  get dirtyBytes(): number {
    return this.#dirtyBytes;
  }

  /** What the last write set left, whatever has changed since, in no promised order. */
  get standing(): Iterable<Standing> {
    return this.#superseded.entries(this.root);
  }

  /** Whether there is anything to write; a name that no entry uses yet is nothing. */
  get isDirty(): boolean {
    return this.#dirty.size > 0 || this.#removed.checksums.length > 0 || this.#singles.isDirty;
  }

  /** The number of a name in the registry; a new one is written with the commit that first needs it. */
  nameIndex(name: string): number {
    return this.#names.known(name) ?? this.#names.add(name);
  }

  /** The number of a name that is in the registry. */
  knownName(name: string): number | undefined {
    return this.#names.known(name);
  }

  nameOf(index: number): string {
    return this.#names.nameOf(index);
  }

  /** A place as text: unique in the run, readable, the `id` of its entry in snapshots. */
  format(place: Place): string {
    const { parent, segment } = place;
    if (parent === null || segment === null) return "";
    const around = this.format(parent);
    const own = formatSegment(segment, (index) => this.nameOf(index));
    return around === "" ? own : `${around}/${own}`;
  }

  /** The next sequence number. */
  nextSequence(): number {
    this.sequence += 1;
    return this.sequence;
  }

  /** Puts an entry in its place; it is written with the next commit. */
  write(place: Place, entry: Entry): void {
    if (place.entry === null) this.#liveEntries += 1;
    this.#superseded.note(place);
    place.entry = entry;
    this.#dirty.add(place);
    this.#dirtyBytes += (entry.result?.length ?? 0) + (entry.extra?.length ?? 0) + 64;
  }

  /** Removes the entry at a place and everything below it. */
  remove(place: Place): void {
    if (this.#forget(place)) this.#removed.ranges.push(subtreeRange(place.key));
    place.detach();
  }

  /** Removes the entry at a place and keeps what is below it. */
  removeEntry(place: Place): void {
    if (place.entry === null) return;
    this.#superseded.note(place);
    place.entry = null;
    this.#liveEntries -= 1;
    this.#dirty.delete(place);
    if (place.storedChecksum !== null) {
      this.#removed.checksums.push(place.storedChecksum);
      this.#removed.deletes.push(place.key);
      place.storedChecksum = null;
      this.#untell(place);
    }
  }

  /** Removes the iterations `from <= i < to` of a loop, with everything in them. */
  removeIterations(loop: Place, from: number, to: number): void {
    let stored = false;
    for (let i = from; i < to; i++) {
      const place = loop.existing(SegmentType.iteration, i);
      if (place === undefined) continue;
      stored = this.#forget(place) || stored;
      place.detach();
    }
    if (stored) this.#removed.ranges.push(segmentRange(loop.key, SegmentType.iteration, from, to));
  }

  /** Takes all entries below out of the books; whether any of them is stored. */
  #forget(place: Place): boolean {
    let stored = false;
    for (const at of place.entries()) {
      this.#liveEntries -= 1;
      this.#dirty.delete(at);
      if (at.storedChecksum !== null) {
        this.#removed.checksums.push(at.storedChecksum);
        stored = true;
        this.#untell(at);
      }
      this.#superseded.note(at);
      (at as Place).entry = null;
    }
    return stored;
  }

  /** The row of this place is removed, and the name with it. */
  #untell(place: Place): void {
    if (place.tellsName && place.segment !== null) this.#names.lose(place.segment.value);
    place.tellsName = false;
  }

  /** A row that the run has one of (input, output, error, hold): its body, or null. */
  single(space: number): Uint8Array | null {
    return this.#singles.get(space);
  }

  /** Sets or clears such a row; written with the next commit. */
  setSingle(space: number, body: Uint8Array | null): void {
    this.#singles.set(space, body);
  }

  /** Takes what is dirty, as of this instant. Call `undo` of the result if nothing of it was applied. */
  takeWriteSet(): WriteSet {
    const taken: TakenRows = {
      dirty: this.#dirty,
      dirtyBytes: this.#dirtyBytes,
      removed: this.#removed,
      names: this.#names.take(namesNeeded(this.#dirty)),
      telling: [],
      written: [],
    };
    this.#dirty = new Set();
    this.#dirtyBytes = 0;
    this.#removed = { ranges: [], deletes: [], checksums: [] };
    this.#superseded.clear();
    const puts: KVEntry[] = [];
    let digest = this.header.digest;
    for (const checksum of taken.removed.checksums) digest = digestWithout(digest, checksum);
    digest = this.#takeNames(taken, puts, digest);
    for (const place of taken.dirty) {
      if (place.entry === null) continue;
      const name = place.tellsName ? this.nameOf((place.segment as Segment).value) : null;
      const { key, entry } = place;
      const row = sealRecord(this.runTag, key, (out) => writeEntry(out, entry as Entry, name));
      taken.written.push({ place, before: place.storedChecksum, checksum: row.checksum });
      if (place.storedChecksum !== null) digest = digestWithout(digest, place.storedChecksum);
      digest = digestWith(digest, row.checksum);
      place.storedChecksum = row.checksum;
      puts.push({ key, value: row.value });
    }
    const singles = this.#singles.take(digest);
    if (singles !== null) puts.push(...singles.puts);
    const { deletes } = taken.removed;
    return {
      puts,
      deletes: singles === null ? deletes : [...deletes, ...singles.deletes],
      deleteRanges: taken.removed.ranges,
      digest: singles?.digest ?? digest,
      sequence: this.sequence,
      lastTime: this.lastTime,
      checkpointAt: this.checkpointAt,
      undo: () => {
        this.#undo(taken);
        singles?.undo();
      },
    };
  }

  /** The next `atMost` names alone, where there are to be more of them than that; else null (`name-rows.ts`). */
  takeNames(atMost: number): WriteSet | null {
    return namesAhead(this, this.#names, atMost);
  }

  /**
   * The names that the entries need. One that an operation of the workflow function bears is told by the row of its entry,
   * which stays for the life of the run; others, of loops that are pruned say, have rows of their own.
   */
  #takeNames(taken: TakenRows, puts: KVEntry[], before: Digest): Digest {
    let digest = before;
    for (const index of taken.names.indexes) {
      const place = tellerOf(this.root, index, taken.dirty);
      if (place !== null) {
        place.tellsName = true;
        taken.telling.push(place);
        continue;
      }
      digest = putName(this, index, { puts, digest });
    }
    return digest;
  }

  /** Everything of a write set that was not applied is dirty again, as if it had not been taken. */
  #undo(taken: TakenRows): void {
    for (const place of this.#dirty) taken.dirty.add(place);
    this.#dirty = taken.dirty;
    this.#dirtyBytes += taken.dirtyBytes;
    taken.names.undo();
    for (const place of taken.telling) place.tellsName = false;
    for (const written of taken.written) this.#unwrite(written);
    this.#removed = {
      ranges: [...taken.removed.ranges, ...this.#removed.ranges],
      deletes: [...taken.removed.deletes, ...this.#removed.deletes],
      checksums: [...taken.removed.checksums, ...this.#removed.checksums],
    };
  }

  /** A row that was not written after all; where it was to be removed since, so is what was there before. */
  #unwrite({ place, before, checksum }: WrittenRow): void {
    if (place.entry !== null && place.storedChecksum === checksum) {
      place.storedChecksum = before;
      return;
    }
    const { checksums } = this.#removed;
    checksums.splice(checksums.indexOf(checksum), 1, ...(before === null ? [] : [before]));
  }

  /** @internal For loading: a name that is stored. */
  adoptName(index: number, name: string): void {
    this.#names.adopt(index, name);
  }

  /** @internal For loading: an entry that is stored. */
  adoptEntry(place: Place, entry: Entry, checksum: number): void {
    place.entry = entry;
    place.storedChecksum = checksum;
    this.#liveEntries += 1;
  }

  /** @internal For loading: a single row that is stored. */
  adoptSingle(space: number, body: Uint8Array, checksum: number): void {
    this.#singles.adopt(space, body, checksum);
  }
}
