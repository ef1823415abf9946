import type { CommitBatch, KVEntry, NewMessage, NewRun, OutgoingMessage } from "../../storage/records.ts";

/** Bytes by their values. */
export function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** A row by the values of its key, and a value. */
export function row(
  key: readonly number[] | Uint8Array,
  value: readonly number[] | Uint8Array = [1],
): KVEntry {
  return { key: Uint8Array.from(key), value: Uint8Array.from(value) };
}

let batches = 0;

/** A batch with a batch id of its own: `running`, empty, of epoch 0, after revision 1, unless it is told otherwise. */
export function batch(parts: Partial<CommitBatch> = {}): CommitBatch {
  return {
    batchId: `batch-${++batches}`,
    epoch: 0,
    expectedRevision: 1,
    header: bytes(7),
    status: "running",
    wakeAt: null,
    wants: null,
    deleteRanges: [],
    deletes: [],
    puts: [],
    consume: [],
    complete: [],
    send: [],
    spawn: [],
    ...parts,
  };
}

/** A message `m` with this id, remembered, without expiry. */
export function message(id: string, parts: Partial<NewMessage> = {}): NewMessage {
  return {
    id,
    name: "m",
    body: bytes(1, 2, 3),
    createdAt: 1_000,
    expiresAt: null,
    completable: false,
    remember: true,
    ...parts,
  };
}

/** A send of `message(id)`. */
export function send(to: string, id: string, parts: Partial<NewMessage> = {}): OutgoingMessage {
  return { to, message: message(id, parts) };
}

/** A pending run of the workflow `w`. */
export function newRun(workflowId: string, parts: Partial<NewRun> = {}): NewRun {
  return {
    workflowId,
    workflowName: "w",
    workflowVersion: null,
    fingerprint: "print",
    header: bytes(1),
    status: "pending",
    wakeAt: null,
    entries: [],
    createdAt: 1_000,
    ...parts,
  };
}

/** Names and ids that storages get wrong. */
export const NASTY_TEXTS: readonly string[] = [
  "a",
  "A",
  "a ",
  "a/b",
  "a\\",
  "\\0",
  "a\0b",
  "a\0",
  "\ud800",
  "\udc00\ud800",
  "\\ud800",
  "😀",
  "é",
  "e\u0301",
  "\u202eabc",
  "'; DROP TABLE holdfast_runs; --",
  "%",
  "_",
  "a%",
  "__proto__",
  "constructor",
  "line\nbreak",
  "\ufffd",
  "\uffff",
  "x".repeat(1_000),
];
