import type { Journal } from "./journal.ts";
import { SegmentType } from "./location.ts";
import { decodeMessages } from "./message-record.ts";

/** The answer that the run gave to a message, or null when it gave none or the entry has been pruned. */
export function findAnswer(journal: Journal, messageId: string): Uint8Array | null {
  for (const place of journal.root.entries()) {
    const { kind, status, result } = place.entry;
    if (kind !== "message" || status !== "completed" || result === null) continue;
    const index = decodeMessages(result).findIndex((message) => message.id === messageId);
    if (index >= 0) return place.existing(SegmentType.answer, index)?.entry?.result ?? null;
  }
  return null;
}
