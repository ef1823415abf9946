import { CorruptionError } from "../model/errors/history-errors.ts";
import { crc32c } from "../storage/crc32c.ts";
import { BareWriter } from "./bare.ts";

/**
 * Owns: the frame around the bodies of queued messages and answers, which stand in rows that no run's digest covers: a
 * mark, the payload, a checksum bound to the run, the message's id and its name (P15), since ids of the sender's are often
 * the same in many runs. A driver whose messages come from elsewhere frames them when it hands them out.
 */

/** 'm': as it was sent. 'r': as the receiver's schema gave it, once and for all. */
const SENT = 0x6d;
const RECEIVED = 0x72;
/** The same as they were once: bound to the id and the name alone. */
const OLD_SENT = 0x4d;
const OLD_RECEIVED = 0x52;
const MARKS: ReadonlySet<number | undefined> = new Set([SENT, RECEIVED, OLD_SENT, OLD_RECEIVED]);
const FRAME_BYTES = 5;

/** What a body belongs to. */
export interface BodyOwner {
  /** The run that the message is sent to. */
  readonly workflowId: string;
  readonly id: string;
  readonly name: string;
}

/** An answer belongs to its message, whatever that was called. */
export function answerTo(workflowId: string, messageId: string): BodyOwner {
  return { workflowId, id: messageId, name: "\u0000answer" };
}

export function frameBody(owner: BodyOwner, payload: Uint8Array): Uint8Array {
  return frame(SENT, owner, payload);
}

/** The frame of a body that has been through the receiver's schema. */
export function frameReceived(owner: BodyOwner, payload: Uint8Array): Uint8Array {
  return frame(RECEIVED, owner, payload);
}

/** The frame of a body that is queued again: by this run, which may be a fork of the one that received it. */
export function frameAgain(owner: BodyOwner, body: Uint8Array): Uint8Array {
  return frame(wasReceived(body) ? RECEIVED : SENT, owner, recordedPayload(body));
}

/** Whether the body has been through the receiver's schema: it was received before, and queued again by a rewind. */
export function wasReceived(body: Uint8Array): boolean {
  return body[0] === RECEIVED || body[0] === OLD_RECEIVED;
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
 * @throws CorruptionError when it is not what was sent to this run.
 */
export function bodyPayload(owner: BodyOwner, body: Uint8Array): Uint8Array {
  const [mark = 0] = body;
  const end = body.length - 4;
  const payload = body.subarray(1, Math.max(1, end));
  const stored = end < 1 ? -1 : new DataView(body.buffer, body.byteOffset, body.length).getUint32(end, true);
  if (MARKS.has(mark) && stored === checksum(mark, owner, payload)) return payload;
  const problem = `the body of message ${JSON.stringify(owner.id)} is not what was sent`;
  throw new CorruptionError("checksum", "", problem, { workflowId: owner.workflowId });
}

/** The payload of a body that was checked when it was received: since then the row that it is recorded in covers it. */
export function recordedPayload(body: Uint8Array): Uint8Array {
  return MARKS.has(body[0]) ? body.subarray(1, Math.max(1, body.length - 4)) : body;
}

function checksum(mark: number, { workflowId, id, name }: BodyOwner, payload: Uint8Array): number {
  const out = new BareWriter();
  out.string(id);
  out.string(name);
  if (mark !== OLD_SENT) out.u8(mark);
  if (mark === SENT || mark === RECEIVED) out.string(workflowId);
  return crc32c(payload, crc32c(out.finish()));
}
