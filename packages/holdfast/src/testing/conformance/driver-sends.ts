import { casesOf } from "./conformance-case.ts";
import { type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual, expectRejection } from "./expectations.ts";
import { batch, bytes, message, send } from "./samples.ts";

/** What is kept of messages that a commit sends, and the limits that senders have. */
export const sendCases = casesOf<RunningContext>({
  "sends-exact": [
    "keeps every part of a message that a commit sends, and remembers the id of one that asks for it",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId }) => {
        const plain = message("1", { name: "n", body: bytes(0, 255), createdAt: 42.5, remember: false });
        const rich = message("2", { body: bytes(), expiresAt: 99, completable: true });
        const sends = [plain, rich].map((one) => ({ to: workflowId, message: one }));
        await driver.commit(batch({ epoch, send: sends }));
        const stored = [plain, rich].map(({ remember: _, ...kept }) => kept);
        expectEqual(await driver.peekMessages(null, 9), stored, "the messages");
        await driver.commit(batch({ epoch, expectedRevision: 2, consume: ["1", "2"] }));
        await driver.commit(batch({ epoch, expectedRevision: 3, send: sends }));
        expectEqual(await driver.peekMessages(null, 9), stored.slice(0, 1), "after they were sent again");
        const back = { to: workflowId, message: rich, requeue: true };
        await driver.commit(batch({ epoch, expectedRevision: 4, send: [back] }));
        expectEqual(await driver.peekMessages(null, 9), stored.toReversed(), "after one was put back");
      }),
  ],
  "sends-senders-limit": [
    "goes by the sender's limit of the queue where the storage was told none",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId }) => {
        for (const id of ["1", "2"]) await driver.enqueueMessage(message(id, { queueLimit: 2 }));
        const over = driver.enqueueMessage(message("3", { queueLimit: 2 }));
        await expectRejection(over, "QUEUE_FULL", "a third message of a sender whose limit is two");
        const sent = driver.commit(batch({ epoch, send: [send(workflowId, "3", { queueLimit: 2 })] }));
        const refused = await expectRejection(sent, "MESSAGE_REFUSED", "one that a commit sends");
        expectEqual((refused.cause as { code?: unknown } | undefined)?.code, "QUEUE_FULL", "the reason");
        await driver.enqueueMessage(message("3", { queueLimit: 3 }));
        await driver.commit(batch({ epoch, send: [send(workflowId, "4", { queueLimit: 4 })] }));
        expectEqual((await driver.peekMessages(null, 9)).length, 4, "messages of senders with other limits");
      }),
  ],
});
