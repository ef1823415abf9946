import { answerPlace } from "./answers.ts";
import type { Journal } from "./journal.ts";
import { decodeMessages } from "./message-record.ts";

/** The answer that the run gave to a message, or null when it gave none or the entry has been pruned. */
export function findAnswer(journal: Journal, messageId: string): Uint8Array | null {
  for (const place of journal.root.entries()) {
    const { kind, status, result } = place.entry;
    if (kind !== "message" || status !== "completed" || result === null) continue;
    const received = decodeMessages(result);
    const index = received.findIndex((message) => message.id === messageId);
    if (index < 0) continue;
    const answers = { wait: place, index, messages: received.length };
    return answerPlace(answers, Number.POSITIVE_INFINITY).entry?.result ?? null;
  }
  return null;
}
