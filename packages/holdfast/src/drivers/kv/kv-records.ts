import type { NewMessage } from "../../storage/records.ts";
import type { RunRow } from "../../storage/run-row.ts";

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
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Plain data and bytes as one value: length of the JSON, JSON, bytes. JSON escapes what UTF-8 cannot hold. */
function frame(data: unknown, bytes: Uint8Array): Uint8Array {
  const json = encoder.encode(JSON.stringify(data));
  const framed = new Uint8Array(4 + json.length + bytes.length);
  new DataView(framed.buffer).setUint32(0, json.length);
  framed.set(json, 4);
  framed.set(bytes, 4 + json.length);
  return framed;
}

function unframe<Data>(framed: Uint8Array): { data: Data; bytes: Uint8Array } {
  const length = new DataView(framed.buffer, framed.byteOffset, framed.byteLength).getUint32(0);
  const data = JSON.parse(decoder.decode(framed.subarray(4, 4 + length))) as Data;
  return { data, bytes: framed.slice(4 + length) };
}

export function encodeRun(record: RunRecordKV, header: Uint8Array): Uint8Array {
  return frame(record, header);
}

export function decodeRun(value: Uint8Array): { record: RunRecordKV; header: Uint8Array } {
  const { data, bytes } = unframe<RunRecordKV>(value);
  return { record: data, header: bytes };
}

export function encodeMessage({ body, ...rest }: NewMessage): Uint8Array {
  return frame(rest, body);
}

export function decodeMessage(value: Uint8Array): NewMessage {
  const { data, bytes } = unframe<Omit<NewMessage, "body">>(value);
  return { ...data, body: bytes };
}

export function encodeQueuedId(queued: QueuedId): Uint8Array {
  return encoder.encode(JSON.stringify(queued));
}

export function decodeQueuedId(value: Uint8Array): QueuedId {
  return JSON.parse(decoder.decode(value)) as QueuedId;
}
