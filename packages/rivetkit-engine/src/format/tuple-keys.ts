import { isLoopIterationMarker } from "../location.ts";
import type { Location, PathSegment } from "../model/history.ts";

/**
 * The keys that RivetKit's own engine stores a run under: tuples as FoundationDB's tuple layer encodes them, the first
 * element telling what a row is.
 */

const BYTE_STRING = 0x02;
const NESTED = 0x05;
const INT_ZERO = 0x14;

/** First elements of the tuples. */
export const Space = { name: 1, entry: 2, run: 3, metadata: 4 } as const;

/** Second elements under `Space.run`. */
export const RunKey = { state: 1, output: 2, error: 3, input: 4 } as const;

export function nameKey(index: number): Uint8Array {
  return Uint8Array.from([...int(Space.name), ...int(index)]);
}

export function runKey(what: number): Uint8Array {
  return Uint8Array.from([...int(Space.run), ...int(what)]);
}

export function entryKey(location: Location): Uint8Array {
  return Uint8Array.from([...int(Space.entry), ...location.flatMap(segmentBytes)]);
}

export function metadataKey(entryId: string): Uint8Array {
  return Uint8Array.from([...int(Space.metadata), ...text(entryId)]);
}

/** What all rows of a space are under. */
export function spacePrefix(space: number): Uint8Array {
  return Uint8Array.from(int(space));
}

/** The index at the end of a name's key. */
export function nameIndexOf(key: Uint8Array): number {
  return readInt(key, 2);
}

/** Whole numbers from 0 up: a tag that tells the number of bytes, and the bytes without leading zeros. */
function int(value: number): number[] {
  const digits: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return [INT_ZERO + digits.length, ...digits];
}

function readInt(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (const digit of bytes.subarray(at + 1, at + 1 + ((bytes[at] ?? INT_ZERO) - INT_ZERO)))
    value = value * 256 + digit;
  return value;
}

/** UTF-8, a zero byte within it escaped, and a zero byte at the end. */
function text(value: string): number[] {
  const escaped = [...new TextEncoder().encode(value)].flatMap((byte) => (byte === 0 ? [0, 0xff] : [byte]));
  return [BYTE_STRING, ...escaped, 0];
}

function segmentBytes(segment: PathSegment): number[] {
  if (!isLoopIterationMarker(segment)) return int(segment);
  return [NESTED, ...int(segment.loop), ...int(segment.iteration), 0];
}
