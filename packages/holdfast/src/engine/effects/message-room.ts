import type { StoredMessage } from "../../storage/records.ts";

/** How much one wait may receive at once. */
export interface MessageRoom {
  readonly bytes: number;
  readonly messages: number;
}

/** What a message takes besides its body and its names. */
const OVERHEAD_BYTES = 32;

/** The first ones, as many as fit; one at least, where there is one. */
export function firstWithin<Item>(
  items: readonly Item[],
  room: MessageRoom,
  messageOf: (item: Item) => StoredMessage,
): readonly Item[] {
  if (items.length < 2) return items;
  let bytes = 0;
  const end = items.findIndex((item, index) => {
    const { id, name, body } = messageOf(item);
    bytes += body.length + 3 * (id.length + name.length) + OVERHEAD_BYTES;
    return bytes > room.bytes || index >= room.messages;
  });
  return end < 0 ? items : items.slice(0, Math.max(1, end));
}
