import type { NewMessage } from "../../storage/records.ts";
import type { RunRow } from "../../storage/run-row.ts";
import { damagedValue, openValue, sealValue, type ValuePlace } from "./kv-seal.ts";

/** The run's own record. */
export interface RunRecordKV {
  readonly row: RunRow;
  /** Positions that the next messages get in front and behind. */
  readonly front: number;
  readonly behind: number;
}

/** What is known of a queued message by its id. */
export interface QueuedId {
  readonly position: number;
  readonly name: string;
  readonly remember: boolean;
  /** The checksum of the message's place; absent for messages of old. */
  readonly seal?: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Plain data and bytes as one value: length of the JSON, JSON, bytes. JSON escapes what UTF-8 cannot hold. */
function frame(data: unknown, bytes: Uint8Array): Uint8Array {
  const json = encoder.encode(JSON.stringify(data));
  const framed = new Uint8Array(4 + json.length + bytes.length);
  new DataView(framed.buffer).setUint32(0, json.length);
  framed.set(json, 4);
  framed.set(bytes, 4 + json.length);
  return framed;
}

function unframe(place: ValuePlace, framed: Uint8Array): { data: object; bytes: Uint8Array } {
  const view = new DataView(framed.buffer, framed.byteOffset, framed.byteLength);
  const end = framed.length < 4 ? Number.POSITIVE_INFINITY : 4 + view.getUint32(0);
  if (end > framed.length) throw damagedValue(place, "malformed", "it ends before what it announces");
  return { data: parse(place, framed.subarray(4, end)), bytes: framed.slice(end) };
}

/** @throws CorruptionError for what is no JSON of an object */
function parse(place: ValuePlace, json: Uint8Array): object {
  let data: unknown;
  try {
    data = JSON.parse(decoder.decode(json));
  } catch {
    throw damagedValue(place, "malformed", "it cannot be read");
  }
  if (typeof data === "object" && data !== null) return data;
  throw damagedValue(place, "malformed", "it is no record");
}

export function encodeRun(place: ValuePlace, record: RunRecordKV, header: Uint8Array): Uint8Array {
  return sealValue(place, frame(record, header));
}

/** @throws CorruptionError */
export function decodeRun(place: ValuePlace, value: Uint8Array): { record: RunRecordKV; header: Uint8Array } {
  const { data, bytes } = unframe(place, openValue(place, value));
  const { row, ...rest } = data as RunRecordKV;
  if (typeof row !== "object" || row === null) throw damagedValue(place, "malformed", "it has no row");
  return {
    record: { ...rest, row: { ...row, queueSeal: row.queueSeal ?? 0, damaged: false } },
    header: bytes,
  };
}

export function encodeMessage(place: ValuePlace, { body, ...rest }: NewMessage): Uint8Array {
  return sealValue(place, frame(rest, body));
}

/** @throws CorruptionError */
export function decodeMessage(place: ValuePlace, value: Uint8Array): NewMessage {
  const { data, bytes } = unframe(place, openValue(place, value));
  return { ...(data as Omit<NewMessage, "body">), body: bytes };
}

export function encodeQueuedId(place: ValuePlace, queued: QueuedId): Uint8Array {
  return sealValue(place, encoder.encode(JSON.stringify(queued)));
}

/** @throws CorruptionError */
export function decodeQueuedId(place: ValuePlace, value: Uint8Array): QueuedId {
  return parse(place, openValue(place, value)) as QueuedId;
}
