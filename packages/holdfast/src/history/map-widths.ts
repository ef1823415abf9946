import { BareReader, BareWriter } from "./bare.ts";

/** So many items of a map were at work at once, infinity for all of them, from a moment on. */
export interface MapWidth {
  /** The number of the last completion that had been handed over by then. */
  readonly turn: number;
  /** The last number that there was by then. */
  readonly known: number;
  readonly items: number;
}

/** No map has as few, so that this stands for all of them. */
const ALL = 0;

/** The widths that a map had one after the other, as its entry keeps them. */
export function encodeWidths(widths: readonly MapWidth[]): Uint8Array {
  const out = new BareWriter();
  out.list(widths, ({ turn, known, items }) => {
    out.uint(turn);
    out.uint(known);
    out.uint(items === Number.POSITIVE_INFINITY ? ALL : items);
  });
  return out.finish();
}

/** None where an earlier release has recorded none. @throws CorruptionError when the bytes are not widths. */
export function decodeWidths(bytes: Uint8Array | null): readonly MapWidth[] {
  if (bytes === null) return [];
  const from = new BareReader(bytes, "map");
  const widths: MapWidth[] = [];
  for (let left = from.uint(); left > 0; left--) {
    const [turn, known, items] = [from.uint(), from.uint(), from.uint()];
    widths.push({ turn, known, items: items === ALL ? Number.POSITIVE_INFINITY : items });
  }
  from.end();
  return widths;
}

/** Those with the next one: one that it makes up for at the same moment has changed nothing. */
export function widthsWith(widths: readonly MapWidth[], next: MapWidth): readonly MapWidth[] {
  const [first, ...changes] = widths;
  if (first === undefined) return [next];
  while (changes.at(-1)?.known === next.known && (changes.at(-1)?.items ?? 0) <= next.items) changes.pop();
  return [first, ...changes, next];
}

/** What of the record stays of a map that is taken back to before the completion with this number. @throws CorruptionError */
export function widthsBefore(bytes: Uint8Array | null, from: number): Uint8Array | null {
  const [first, ...changes] = decodeWidths(bytes);
  if (first === undefined || changes.length === 0) return bytes;
  return encodeWidths([first, ...changes.filter(({ turn }) => turn < from)]);
}
