import type { StoredMessage } from "../storage/records.ts";
import { BareReader, BareWriter } from "./bare.ts";

/** A received message, as its wait's entry keeps it. */
export type RecordedMessage = Pick<StoredMessage, "id" | "name" | "createdAt" | "body" | "completable">;

export function encodeMessages(messages: readonly RecordedMessage[]): Uint8Array {
  const out = new BareWriter();
  out.uint(messages.length);
  for (const message of messages) {
    out.string(message.id);
    out.string(message.name);
    out.f64(message.createdAt);
    out.bool(message.completable);
    out.data(message.body);
  }
  return out.finish();
}

/**
 * @throws CorruptionError when the bytes are not messages.
 */
export function decodeMessages(bytes: Uint8Array): RecordedMessage[] {
  const from = new BareReader(bytes, "messages");
  const messages: RecordedMessage[] = [];
  for (let left = from.uint(); left > 0; left--) {
    const id = from.string();
    const name = from.string();
    const createdAt = from.f64();
    const completable = from.bool();
    messages.push({ id, name, createdAt, completable, body: from.data() });
  }
  from.end();
  return messages;
}
