import type { BareReader, BareWriter } from "holdfast/embedding";
import type { EntryMetadata, EntryStatus } from "../model/history.ts";
import { readVersion, writeVersion } from "./version.ts";

/** An entry's metadata in the format of RivetKit's own engine. */

const STATUSES: readonly EntryStatus[] = ["pending", "running", "completed", "failed", "exhausted"];

export function decodeMetadata(bytes: Uint8Array): EntryMetadata {
  const from = readVersion(bytes, "the metadata of an entry");
  const status = STATUSES[from.u8()];
  if (status === undefined) throw new Error("A stored entry has an unknown status.");
  const error = optional(from, () => from.string());
  const metadata: EntryMetadata = {
    status,
    attempts: from.u32(),
    lastAttemptAt: from.u64(),
    createdAt: from.u64(),
    dirty: false,
  };
  const completedAt = optional(from, () => from.u64());
  const rollbackCompletedAt = optional(from, () => from.u64());
  const rollbackError = optional(from, () => from.string());
  from.end();
  if (error !== undefined) metadata.error = error;
  if (completedAt !== undefined) metadata.completedAt = completedAt;
  if (rollbackCompletedAt !== undefined) metadata.rollbackCompletedAt = rollbackCompletedAt;
  if (rollbackError !== undefined) metadata.rollbackError = rollbackError;
  return metadata;
}

export function encodeMetadata(metadata: EntryMetadata): Uint8Array {
  const out = writeVersion();
  out.u8(STATUSES.indexOf(metadata.status));
  write(out, metadata.error, (text) => out.string(text));
  out.u32(metadata.attempts);
  out.u64(metadata.lastAttemptAt);
  out.u64(metadata.createdAt);
  write(out, metadata.completedAt, (at) => out.u64(at));
  write(out, metadata.rollbackCompletedAt, (at) => out.u64(at));
  write(out, metadata.rollbackError, (text) => out.string(text));
  return out.finish();
}

function optional<Value>(from: BareReader, read: () => Value): Value | undefined {
  return from.bool() ? read() : undefined;
}

function write<Value>(out: BareWriter, value: Value | undefined, put: (value: Value) => void): void {
  out.bool(value !== undefined);
  if (value !== undefined) put(value);
}
