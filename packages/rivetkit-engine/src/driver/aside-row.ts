import { defaultCodec, openValue, sealValue } from "holdfast/embedding";
import { RUN_ID } from "./run-id.ts";

/**
 * A row that stands aside of the key-value driver's, as it is stored: with a checksum, since no run's digest covers it. Those
 * of old have none.
 */
export function encodeAside(key: Uint8Array, row: unknown): Uint8Array {
  return sealValue({ workflowId: RUN_ID, key }, defaultCodec.encode(row, "row"));
}

/** @throws CorruptionError */
export function decodeAside(key: Uint8Array, stored: Uint8Array): unknown {
  return defaultCodec.decode(openValue({ workflowId: RUN_ID, key }, stored));
}
