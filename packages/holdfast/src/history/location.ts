/**
 * Owns: what identifies an entry, the path of typed segments from the root down.
 * Does not own: how paths become keys (key.ts), what is at them (journal.ts).
 * Invariants: a user's name can never equal a derived one, because they differ in segment type; `a/b` never equals `a`
 * containing `b`, because segments are never joined into strings.
 */

/** The types of segments; their numbers are stored and never change. */
export const SegmentType = {
  /** An operation's name: an index into the name registry. */
  name: 1,
  /** An iteration of a loop. */
  iteration: 2,
  /** A branch of a join or race: an index into the name registry. */
  branch: 3,
  /** An item of a map. */
  item: 4,
  /** The answer to a completable message: the message's index in its batch. */
  answer: 5,
  /** Messages sent under a name: an index into the name registry; an item below it for each of them. */
  send: 6,
} as const;

export type SegmentType = (typeof SegmentType)[keyof typeof SegmentType];

/** One step of a path. */
export interface Segment {
  readonly type: SegmentType;
  /** A whole number from 0 to 2^48; iterations are the only ones that could get there, in centuries. */
  readonly value: number;
}

/** How many names of the registry a segment needs: those up to its own. */
export function namesNeededBy({ type, value }: Segment): number {
  const named = type === SegmentType.name || type === SegmentType.branch || type === SegmentType.send;
  return named ? value + 1 : 0;
}

const UNESCAPED = /^[A-Za-z0-9_.:@-]+$/;

/** A name as locations show it: readable, one-to-one for any string, lone surrogates and NUL included. */
export function escapeName(name: string): string {
  if (UNESCAPED.test(name)) return name;
  let out = "";
  for (let i = 0; i < name.length; i++) {
    const unit = name[i] as string;
    out += UNESCAPED.test(unit) ? unit : `%${name.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return out === "" ? "%" : out;
}

/** One segment as text: `name`, `#iteration`, `~branch`, `[item]`, `!answer`, `>send`. */
export function formatSegment(segment: Segment, nameOf: (index: number) => string): string {
  switch (segment.type) {
    case SegmentType.name:
      return escapeName(nameOf(segment.value));
    case SegmentType.iteration:
      return `#${segment.value}`;
    case SegmentType.branch:
      return `~${escapeName(nameOf(segment.value))}`;
    case SegmentType.item:
      return `[${segment.value}]`;
    case SegmentType.answer:
      return `!${segment.value}`;
    case SegmentType.send:
      return `>${escapeName(nameOf(segment.value))}`;
  }
}
