import { CorruptionError, type CorruptionKind } from "../../model/errors/history-errors.ts";
import { crc32c } from "../../storage/crc32c.ts";

/**
 * The frame around values of a namespace that no run's digest covers: 'K', a version, what is stored, and a checksum bound
 * to the run and the key (P15). Values of old have no frame: they begin with a length or a brace.
 */

const FRAMED = 0x4b;
const VERSION = 1;
const FRAME_BYTES = 6;

const encoder = new TextEncoder();

/** Where a value stands: in the namespace of this run, under this key. */
export interface ValuePlace {
  readonly workflowId: string;
  readonly key: Uint8Array;
}

export function sealValue(place: ValuePlace, stored: Uint8Array): Uint8Array {
  const value = new Uint8Array(stored.length + FRAME_BYTES);
  value[0] = FRAMED;
  value[1] = VERSION;
  value.set(stored, 2);
  const end = stored.length + 2;
  new DataView(value.buffer).setUint32(end, checksum(place, value.subarray(0, end)), true);
  return value;
}

/** What was stored. @throws CorruptionError when it is not what was written here */
export function openValue(place: ValuePlace, value: Uint8Array): Uint8Array {
  if (value[0] !== FRAMED) return value;
  const end = value.length - 4;
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  if (value.length < FRAME_BYTES || view.getUint32(end, true) !== checksum(place, value.subarray(0, end))) {
    throw damagedValue(place, "checksum", "the checksum does not fit the value");
  }
  if (value[1] !== VERSION) {
    const problem = `the value has version ${value[1]}, this release of holdfast reads up to ${VERSION}; upgrade it`;
    throw damagedValue(place, "version", problem);
  }
  return value.subarray(2, end);
}

/** The checksum of a value that `sealValue` gave or `openValue` takes; 0 for a value of old. */
export function sealOfValue(value: Uint8Array): number {
  if (value[0] !== FRAMED) return 0;
  return new DataView(value.buffer, value.byteOffset, value.length).getUint32(value.length - 4, true);
}

/** The error of a value that is not what was written. */
export function damagedValue(
  { workflowId, key }: ValuePlace,
  kind: CorruptionKind,
  problem: string,
): CorruptionError {
  const hex = Array.from(key, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return new CorruptionError(kind, hex, problem, { workflowId });
}

function checksum({ workflowId, key }: ValuePlace, framed: Uint8Array): number {
  return crc32c(framed, crc32c(key, crc32c(encoder.encode(JSON.stringify(workflowId)))));
}
