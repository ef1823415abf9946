import type { Entry } from "./entry.ts";
import { appendSegment, ENTRY_ROOT } from "./key.ts";
import { namesNeededBy, type Segment, type SegmentType } from "./location.ts";

const NONE: readonly Place[] = [];

/**
 * A location of a run in memory: the entry that stands there, if one does, and the places below it.
 *
 * Owns: the tree. Does not own: what is dirty or stored in which commit (journal.ts).
 */
export class Place {
  readonly parent: Place | null;
  readonly segment: Segment | null;
  entry: Entry | null = null;
  /** Checksum of the stored row; null when the storage has none for this place. */
  storedChecksum: number | null = null;
  /** Whether the stored row tells the name at the end of this location. */
  tellsName = false;
  /** How many names of the registry this location needs: those up to the last that is in it. */
  readonly namesNeeded: number;
  /** Null where nothing was ever below: most places are steps, and a map takes more memory than all else of them. */
  #children: Map<number, Place> | null = null;
  /** Kept only where something is below, whose keys begin with it: most keys are needed once, to be written. */
  #key: Uint8Array | null = null;

  constructor(parent: Place | null, segment: Segment | null) {
    this.parent = parent;
    this.segment = segment;
    const above = parent?.namesNeeded ?? 0;
    this.namesNeeded = segment === null ? above : Math.max(above, namesNeededBy(segment));
  }

  /** The key of this place's row, and the prefix of the rows below it. */
  get key(): Uint8Array {
    if (this.#key !== null) return this.#key;
    const { parent, segment } = this;
    const key = parent === null || segment === null ? ENTRY_ROOT : appendSegment(parent.key, segment);
    if (this.#children !== null) this.#key = key;
    return key;
  }

  /** The place one segment below, made when it is not there. */
  child(segment: Segment): Place {
    const index = childIndex(segment.type, segment.value);
    this.#children ??= new Map();
    let child = this.#children.get(index);
    if (child === undefined) {
      child = new Place(this, segment);
      this.#children.set(index, child);
    }
    return child;
  }

  /** The place at the end of a path from here, made where it is not there. */
  descend(path: readonly Segment[]): Place {
    let place: Place = this;
    for (const segment of path) place = place.child(segment);
    return place;
  }

  /** The place one segment below, if it is there. */
  existing(type: SegmentType, value: number): Place | undefined {
    return this.#children?.get(childIndex(type, value));
  }

  get children(): Iterable<Place> {
    return this.#children?.values() ?? NONE;
  }

  /** Takes this place and everything below it out of the tree. */
  detach(): void {
    if (this.parent !== null && this.segment !== null) {
      this.parent.#children?.delete(childIndex(this.segment.type, this.segment.value));
    }
  }

  /** This place and all below it that have an entry, in no promised order. */
  *entries(): IterableIterator<Place & { entry: Entry }> {
    const waiting: Place[] = [this];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      if (place.entry !== null) yield place as Place & { entry: Entry };
      for (const child of place.children) waiting.push(child);
    }
  }

  /** Whether an entry stands here or below. */
  get recorded(): boolean {
    for (const _ of this.entries()) return true;
    return false;
  }
}

/** One number for type and value: types are below 8, values at most 2^48. */
function childIndex(type: SegmentType, value: number): number {
  return value * 8 + type;
}
