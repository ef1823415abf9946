import { toExactText } from "../../storage/exact-text.ts";

/**
 * The key spaces of a run in one namespace, told apart by their first byte:
 *
 * ```
 * 00                      the run: its row, its header, the ends of its queue
 * 10 key                  history rows
 * 20 position             queued messages, oldest first
 * 21 id                   the position, name and flags of a queued message
 * 22 length name position which messages have a name
 * 23 id                   consumed ids that are remembered
 * 24 id                   answers
 * ```
 */
const ROW = 0x10;
const MESSAGE = 0x20;
const QUEUED_ID = 0x21;
const NAME = 0x22;
const CONSUMED_ID = 0x23;
const RESPONSE = 0x24;

/** Positions may be negative (messages that are put back): this makes the stored ones positive. */
const POSITION_OFFSET = 2 ** 52;

const encoder = new TextEncoder();

export const RUN_KEY: Uint8Array = Uint8Array.of(0);
export const MESSAGES_PREFIX: Uint8Array = Uint8Array.of(MESSAGE);
export const QUEUED_IDS_PREFIX: Uint8Array = Uint8Array.of(QUEUED_ID);
export const CONSUMED_IDS_PREFIX: Uint8Array = Uint8Array.of(CONSUMED_ID);
export const NAMES_PREFIX: Uint8Array = Uint8Array.of(NAME);

export function rowKey(key: Uint8Array): Uint8Array {
  return joined(ROW, key);
}

export function messageKey(position: number): Uint8Array {
  return joined(MESSAGE, positionBytes(position));
}

export function queuedIdKey(messageId: string): Uint8Array {
  return joined(QUEUED_ID, textBytes(messageId));
}

export function consumedIdKey(messageId: string): Uint8Array {
  return joined(CONSUMED_ID, textBytes(messageId));
}

export function responseKey(messageId: string): Uint8Array {
  return joined(RESPONSE, textBytes(messageId));
}

/** What all messages of a name are under: the length keeps a name apart from longer ones. */
export function namePrefix(name: string): Uint8Array {
  const text = textBytes(name);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length);
  return joined(NAME, length, text);
}

export function nameKey(name: string, position: number): Uint8Array {
  const prefix = namePrefix(name);
  const key = new Uint8Array(prefix.length + 8);
  key.set(prefix);
  key.set(positionBytes(position), prefix.length);
  return key;
}

/** The position at the end of a `nameKey`; null when the key is none. */
export function positionOf(name: string, key: Uint8Array): number | null {
  if (key.length !== namePrefix(name).length + 8) return null;
  const view = new DataView(key.buffer, key.byteOffset + key.length - 8, 8);
  return Number(view.getBigUint64(0)) - POSITION_OFFSET;
}

function positionBytes(position: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(position + POSITION_OFFSET));
  return bytes;
}

function textBytes(text: string): Uint8Array {
  return encoder.encode(toExactText(text));
}

function joined(space: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 1);
  const key = new Uint8Array(length);
  key[0] = space;
  let offset = 1;
  for (const part of parts) {
    key.set(part, offset);
    offset += part.length;
  }
  return key;
}
