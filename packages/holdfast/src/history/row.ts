import { CorruptionError } from "../model/errors/history-errors.ts";
import { crc32c } from "../storage/crc32c.ts";
import { BareWriter } from "./bare-writer.ts";
import { hex } from "./key.ts";

/**
 * Owns: the frame around every stored value: format byte, codec version, body, checksum.
 * Invariants: the checksum covers run, key and value, so a value that is damaged, or stands under another key or in
 * another run, is found (P15).
 */

/** The format byte of every value: 'H'. */
const FORMAT = 0x48;
/** The codec version that is written; all versions up to it are read. */
const CODEC_VERSION = 1;
const FRAME_BYTES = 6;

/** A framed value and the number that stands for it in the run's digest. */
export interface SealedRow {
  readonly value: Uint8Array;
  readonly checksum: number;
}

/** The body of a row, framed. `runTag` is the checksum of the workflow id. */
export function sealRow(runTag: number, key: Uint8Array, body: Uint8Array): SealedRow {
  const value = new Uint8Array(body.length + FRAME_BYTES);
  value[0] = FORMAT;
  value[1] = CODEC_VERSION;
  value.set(body, 2);
  const checksum = crc32c(value, crc32c(key, runTag), body.length + 2);
  new DataView(value.buffer).setUint32(body.length + 2, checksum, true);
  return { value, checksum };
}

/** A record, framed: written at once where it is to stand. */
export function sealRecord(runTag: number, key: Uint8Array, write: (out: BareWriter) => void): SealedRow {
  const out = new BareWriter();
  out.u8(FORMAT);
  out.u8(CODEC_VERSION);
  write(out);
  const checksum = out.checksum(crc32c(key, runTag));
  out.u32(checksum);
  return { value: out.finish(), checksum };
}

/** What was framed. */
export interface OpenedRow {
  readonly body: Uint8Array;
  readonly checksum: number;
}

/**
 * @throws CorruptionError when the value is not what was written under this key.
 */
export function openRow(runTag: number, key: Uint8Array, value: Uint8Array): OpenedRow {
  if (value.length < FRAME_BYTES || value[0] !== FORMAT) {
    throw new CorruptionError(
      "format",
      hex(key),
      `the value (${value.length} bytes) is not one that Holdfast writes`,
    );
  }
  const end = value.length - 4;
  const checksum = crc32c(value, crc32c(key, runTag), end);
  if (storedChecksum(value) !== checksum) {
    throw new CorruptionError("checksum", hex(key), "the checksum does not fit the value");
  }
  const version = value[1] as number;
  if (version !== CODEC_VERSION) {
    throw new CorruptionError(
      "version",
      hex(key),
      `the value has codec version ${version}, this release of holdfast reads up to ${CODEC_VERSION}; upgrade it`,
    );
  }
  return { body: value.subarray(2, end), checksum };
}

/** The last four bytes, little-endian, without a view of each row: there are many. */
function storedChecksum(value: Uint8Array): number {
  let checksum = 0;
  for (let at = 1; at <= 4; at++) checksum = (checksum << 8) | (value[value.length - at] as number);
  return checksum >>> 0;
}
