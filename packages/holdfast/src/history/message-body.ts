import { CorruptionError } from "../model/errors/history-errors.ts";
import { crc32c } from "../storage/crc32c.ts";
import { BareWriter } from "./bare.ts";

/**
 * Owns: the frame around the bodies of queued messages and answers, which stand in rows that no run's digest covers: a
 * mark, the payload, a checksum bound to the message's id and name (P15). Payloads without a frame, which somebody put
 * into the queue by hand, are taken as they are.
 */

/** 'M': as it was sent. 'R': as the receiver's schema gave it, once and for all. */
const SENT = 0x4d;
const RECEIVED = 0x52;
const FRAME_BYTES = 5;

/** What a body belongs to. */
export interface BodyOwner {
  readonly id: string;
  readonly name: string;
}

/** An answer belongs to its message, whatever that was called. */
export function answerTo(messageId: string): BodyOwner {
  return { id: messageId, name: "\u0000answer" };
}

export function frameBody(owner: BodyOwner, payload: Uint8Array): Uint8Array {
  return frame(SENT, owner, payload);
}

/** The frame of a body that has been through the receiver's schema. */
export function frameReceived(owner: BodyOwner, payload: Uint8Array): Uint8Array {
  return frame(RECEIVED, owner, payload);
}

/** Whether the body has been through the receiver's schema: it was received before, and queued again by a rewind. */
export function wasReceived(body: Uint8Array): boolean {
  return body[0] === RECEIVED;
}

function frame(mark: number, owner: BodyOwner, payload: Uint8Array): Uint8Array {
  const framed = new Uint8Array(payload.length + FRAME_BYTES);
  framed[0] = mark;
  framed.set(payload, 1);
  new DataView(framed.buffer).setUint32(payload.length + 1, checksum(mark, owner, payload), true);
  return framed;
}

/**
 * The payload of a framed body.
 * @throws CorruptionError when it is not what was sent.
 */
export function bodyPayload(owner: BodyOwner, body: Uint8Array): Uint8Array {
  const mark = body[0];
  if (mark !== SENT && mark !== RECEIVED) return body;
  const end = body.length - 4;
  const payload = body.subarray(1, Math.max(1, end));
  const stored = end < 1 ? -1 : new DataView(body.buffer, body.byteOffset, body.length).getUint32(end, true);
  if (stored === checksum(mark, owner, payload)) return payload;
  throw new CorruptionError(
    "checksum",
    "",
    `the body of message ${JSON.stringify(owner.id)} is not what was sent`,
  );
}

function checksum(mark: number, owner: BodyOwner, payload: Uint8Array): number {
  const out = new BareWriter();
  out.string(owner.id);
  out.string(owner.name);
  if (mark !== SENT) out.u8(mark);
  return crc32c(payload, crc32c(out.finish()));
}
