import type { RecordedMessage } from "holdfast/embedding";
import { Outbox } from "holdfast/embedding";
import { RUN_ID } from "../driver/run-id.ts";

/** Has a commit put messages back that the history had received. */
export function returnedMessages(messages: readonly RecordedMessage[]): Outbox {
  const outbox = new Outbox();
  for (const message of messages) {
    const queued = { ...message, expiresAt: null, remember: false };
    outbox.send({ to: RUN_ID, message: queued, requeue: true }, () => {});
  }
  return outbox;
}
