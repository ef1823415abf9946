import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** The bytes of a SQLite file and of its write-ahead log. */
export interface DiskState {
  readonly file: Uint8Array;
  readonly log: Uint8Array;
}

export function readDisk(path: string): DiskState {
  const log = `${path}-wal`;
  return { file: readFileSync(path), log: existsSync(log) ? readFileSync(log) : new Uint8Array(0) };
}

export function writeDisk(path: string, { file, log }: DiskState): void {
  writeFileSync(path, file);
  writeFileSync(`${path}-wal`, log);
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const PAGE_SIZE_AT = 8;
const SALTS_AT = 16;
const FRAME_SALTS_AT = 8;
const SALT_BYTES = 8;

/** Where each frame of a log ends. Behind the last there may be frames of before the log was begun anew, with other salts. */
export function frameEnds({ log }: DiskState): number[] {
  if (log.length < HEADER_BYTES) return [];
  const frame = FRAME_HEADER_BYTES + new DataView(log.buffer, log.byteOffset).getUint32(PAGE_SIZE_AT);
  const salts = log.subarray(SALTS_AT, SALTS_AT + SALT_BYTES);
  const ends: number[] = [];
  for (let at = HEADER_BYTES; at + frame <= log.length; at += frame) {
    const from = at + FRAME_SALTS_AT;
    if (!sameBytes(log.subarray(from, from + SALT_BYTES), salts)) break;
    ends.push(at + frame);
  }
  return ends;
}

/** Whether the log was begun anew: its header has other salts. */
export function begunAnew(before: DiskState, after: DiskState): boolean {
  return !sameBytes(before.log.subarray(0, HEADER_BYTES), after.log.subarray(0, HEADER_BYTES));
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** The header of a log is written, and synced, before the first frame that follows it. */
export function withHeaderOf(log: Uint8Array, from: Uint8Array, bytes: number = HEADER_BYTES): Uint8Array {
  const changed = log.slice();
  changed.set(from.subarray(0, Math.min(bytes, HEADER_BYTES)));
  return changed;
}
