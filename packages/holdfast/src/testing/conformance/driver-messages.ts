import type { EngineDriver } from "../../storage/driver.ts";
import { casesOf } from "./conformance-case.ts";
import { type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual, expectRejection } from "./expectations.ts";
import { batch, bytes, message, NASTY_TEXTS, row } from "./samples.ts";
import { wholeRun } from "./whole-run.ts";

async function expectQueue(driver: EngineDriver, ids: readonly string[], what: string): Promise<void> {
  expectEqual(
    (await driver.peekMessages(null, 1_000)).map(({ id }) => id),
    ids,
    what,
  );
}

async function enqueueAll(driver: EngineDriver, ids: readonly string[]): Promise<void> {
  for (const id of ids) await driver.enqueueMessage(message(id));
}

/** The queue: order, names, identity, consumption, answers. */
export const messageCases = casesOf<RunningContext>({
  "messages-exact": [
    "keeps every part of a message",
    (context) =>
      withRun(context, async ({ driver }) => {
        const { remember: _, ...plain } = message("1", { name: "n", body: bytes(0, 255), createdAt: 42 });
        const { remember: _too, ...rich } = message("2", { body: bytes(), expiresAt: 99, completable: true });
        await driver.enqueueMessage({ ...plain, remember: false });
        await driver.enqueueMessage({ ...rich, remember: true });
        expectEqual(await driver.peekMessages(null, 9), [plain, rich], "the messages");
      }),
  ],
  "messages-idempotent": [
    "queues a message once, however often it is sent",
    (context) =>
      withRun(context, async ({ driver }) => {
        await driver.enqueueMessage(message("1", { body: bytes(1) }));
        await Promise.all([1, 2, 3].map(() => driver.enqueueMessage(message("1", { body: bytes(2) }))));
        await driver.enqueueMessage(message("1", { name: "of another name", body: bytes(3) }));
        expectEqual(
          (await driver.peekMessages(null, 9)).map(({ body }) => body),
          [bytes(1)],
          "the bodies",
        );
      }),
  ],
  "messages-remembered": [
    "remembers the id of a consumed message, if the message asks for it",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        await driver.enqueueMessage(message("kept", { remember: true }));
        await driver.enqueueMessage(message("gone", { remember: false }));
        await driver.commit(batch({ epoch, consume: ["kept", "gone"] }));
        await driver.enqueueMessage(message("kept", { remember: true }));
        await expectQueue(driver, [], "the queue after a second send of a remembered id");
        await driver.enqueueMessage(message("gone", { remember: false }));
        await expectQueue(driver, ["gone"], "the queue after a second send of a forgotten id");
      }),
  ],
  "messages-fifo": [
    "gives the oldest first, by arrival and not by time",
    (context) =>
      withRun(context, async ({ driver }) => {
        const times = [5, 5, 5, 3, 9, 1];
        for (const [index, createdAt] of times.entries()) {
          await driver.enqueueMessage(message(String(index), { createdAt }));
        }
        await expectQueue(driver, ["0", "1", "2", "3", "4", "5"], "the queue");
        expectEqual(
          (await driver.peekMessages(null, 2)).map(({ id }) => id),
          ["0", "1"],
          "the two oldest",
        );
      }),
  ],
  "messages-concurrent": [
    "keeps the order of each of several senders",
    (context) =>
      withRun(context, async ({ driver }) => {
        const sends = ["a", "b", "c"].map(async (sender) => {
          for (let index = 0; index < 10; index++) {
            await driver.enqueueMessage(message(`${sender}${index}`, { name: sender }));
          }
        });
        await Promise.all(sends);
        for (const sender of ["a", "b", "c"]) {
          const ids = (await driver.peekMessages([sender], 99)).map(({ id }) => id);
          expectEqual(
            ids,
            Array.from({ length: 10 }, (_, index) => `${sender}${index}`),
            `messages of ${sender}`,
          );
        }
      }),
  ],
  "messages-names": [
    "finds names exactly: no prefix, no wildcard, no case folding",
    (context) =>
      withRun(context, async ({ driver }) => {
        for (const name of ["a", "ab", "A", "%", "_", "a%"])
          await driver.enqueueMessage(message(`id ${name}`, { name }));
        const of = async (...names: string[]): Promise<string[]> =>
          (await driver.peekMessages(names, 9)).map(({ name }) => name);
        expectEqual(await of("a"), ["a"], "messages a");
        expectEqual(await of("%"), ["%"], "messages %");
        expectEqual(await of("_", "A", "ab"), ["ab", "A", "_"], "messages of three names");
        expectEqual(await of("a", "a"), ["a"], "messages of one name given twice");
        expectEqual(await of("absent"), [], "messages of an absent name");
        expectEqual(await of(), [], "messages of no name");
      }),
  ],
  "messages-nasty-texts": [
    "tells apart and gives back names and ids of any characters",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        for (const text of NASTY_TEXTS) await driver.enqueueMessage(message(text, { name: text }));
        const found = await driver.peekMessages(null, 99);
        expectEqual(
          found.map(({ id, name }) => [id, name]),
          NASTY_TEXTS.map((text) => [text, text]),
          "the queue",
        );
        for (const text of NASTY_TEXTS) {
          expectEqual(
            (await driver.peekMessages([text], 9)).length,
            1,
            `messages named ${JSON.stringify(text)}`,
          );
        }
        await driver.commit(batch({ epoch, consume: NASTY_TEXTS }));
        for (const text of NASTY_TEXTS) await driver.enqueueMessage(message(text));
        await expectQueue(driver, [], "the queue after consumption and repeated sends");
      }),
  ],
  "messages-consume": [
    "takes consumed messages out with the batch, and only those",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        await enqueueAll(driver, ["1", "2", "3"]);
        await driver.commit(batch({ epoch, consume: ["2"], puts: [row([1])] }));
        await expectQueue(driver, ["1", "3"], "the queue");
      }),
  ],
  "messages-consume-twice": [
    "refuses a batch whole that consumes what is not queued",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        await enqueueAll(driver, ["1", "2"]);
        await driver.commit(batch({ epoch, consume: ["1"] }));
        for (const consume of [
          ["2", "1"],
          ["2", "unknown"],
          ["2", "2"],
        ]) {
          const refused = driver.commit(batch({ epoch, expectedRevision: 2, consume, puts: [row([1])] }));
          await expectRejection(refused, "STORAGE", `consuming ${consume.join(" and ")}`);
        }
        await expectQueue(driver, ["2"], "the queue");
        expectEqual((await wholeRun(driver))?.entries, [], "the rows");
      }),
  ],
  "messages-full": [
    "refuses messages over the queue's limit until some are consumed",
    (context) =>
      withRun(
        context,
        async ({ driver, epoch }) => {
          await enqueueAll(driver, ["1", "2", "3"]);
          await expectRejection(
            driver.enqueueMessage(message("4")),
            "QUEUE_FULL",
            "a message over the limit",
          );
          await driver.enqueueMessage(message("3"));
          await driver.commit(batch({ epoch, consume: ["1"] }));
          await driver.enqueueMessage(message("4"));
          await expectQueue(driver, ["2", "3", "4"], "the queue");
        },
        { queuedMessages: 3 },
      ),
  ],
  "messages-finished": [
    "refuses messages to a finished run, except those that it has taken before",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        await enqueueAll(driver, ["taken"]);
        await driver.commit(batch({ epoch, status: "completed" }));
        await expectRejection(
          driver.enqueueMessage(message("late")),
          "RUN_FINISHED",
          "a message to a finished run",
        );
        await driver.enqueueMessage(message("taken"));
      }),
  ],
  "messages-to-itself": [
    "queues what a run sends to itself with the batch, behind what is there",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId }) => {
        await enqueueAll(driver, ["1", "2"]);
        const send = ["3", "2", "3"].map((id) => ({ to: workflowId, message: message(id) }));
        await driver.commit(batch({ epoch, consume: ["1"], send }));
        await expectQueue(driver, ["2", "3"], "the queue");
      }),
  ],
  "messages-last-words": [
    "takes what a run sends to itself in the commit that ends it",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId }) => {
        const send = [{ to: workflowId, message: message("1") }];
        await driver.commit(batch({ epoch, status: "completed", send }));
        await expectQueue(driver, ["1"], "the queue");
      }),
  ],
  "messages-refused": [
    "refuses a batch whole when one of its sends is refused, and says which",
    (context) =>
      withRun(
        context,
        async ({ driver, epoch, workflowId }) => {
          const sends = ["1", "2", "3"].map((id) => ({ to: workflowId, message: message(id) }));
          const refused = driver.commit(batch({ epoch, puts: [row([1])], send: sends }));
          const error = await expectRejection(refused, "MESSAGE_REFUSED", "a batch with a send too many");
          expectEqual((error as { messageId?: unknown }).messageId, "3", "the refused message");
          expectEqual((error.cause as { code?: unknown } | undefined)?.code, "QUEUE_FULL", "the reason");
          const unknown = [sends[0], { to: "nobody", message: message("4") }].flatMap((send) => send ?? []);
          const lost = driver.commit(batch({ epoch, puts: [row([1])], send: unknown }));
          const reason = (await expectRejection(lost, "MESSAGE_REFUSED", "a send to nobody")).cause;
          expectEqual((reason as { code?: unknown } | undefined)?.code, "RUN_NOT_FOUND", "the reason");
          const image = await wholeRun(driver);
          expectEqual([image?.revision, image?.entries], [1, []], "the run");
          await expectQueue(driver, [], "the queue");
        },
        { queuedMessages: 2 },
      ),
  ],
  "messages-requeue": [
    "puts consumed messages back in front, in their order, past the queue's limit",
    (context) =>
      withRun(
        context,
        async ({ driver, epoch, workflowId }) => {
          await enqueueAll(driver, ["1", "2"]);
          await driver.commit(batch({ epoch, consume: ["1", "2"] }));
          await enqueueAll(driver, ["3", "4"]);
          const send = ["1", "2", "3"].map((id) => ({ to: workflowId, message: message(id), requeue: true }));
          await driver.commit(batch({ epoch, expectedRevision: 2, send }));
          await expectQueue(driver, ["1", "2", "3", "4"], "the queue");
          await driver.commit(batch({ epoch, expectedRevision: 3, consume: ["1", "2", "3", "4"] }));
          await enqueueAll(driver, ["1", "4"]);
          await expectQueue(driver, [], "the queue after all were consumed and sent again");
        },
        { queuedMessages: 2 },
      ),
  ],
  "messages-answers": [
    "keeps the first answer to a message for the life of the run",
    (context) =>
      withRun(context, async ({ driver, epoch, response }) => {
        await driver.enqueueMessage(message("1", { completable: true }));
        expectEqual(await response("1"), null, "the answer before there is one");
        await driver.commit(batch({ epoch, consume: ["1"], complete: [{ id: "1", response: bytes(4) }] }));
        const complete = [
          { id: "1", response: bytes(5) },
          { id: "2", response: bytes() },
        ];
        await driver.commit(batch({ epoch, expectedRevision: 2, complete }));
        expectEqual(await response("1"), bytes(4), "the answer");
        expectEqual(await response("2"), bytes(), "an empty answer");
        expectEqual(await response("3"), null, "the answer to an unknown message");
      }),
  ],
  "messages-backlog": [
    "finds the few wanted messages behind thousands of others",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId }) => {
        const send = Array.from({ length: 3_000 }, (_, index) => ({
          to: workflowId,
          message: message(String(index), { name: index % 1_000 === 999 ? "rare" : "common" }),
        }));
        await driver.commit(batch({ epoch, send }));
        const ids = (await driver.peekMessages(["rare"], 2)).map(({ id }) => id);
        expectEqual(ids, ["999", "1999"], "the two oldest");
        await driver.commit(batch({ epoch, expectedRevision: 2, consume: ids }));
        expectEqual(
          (await driver.peekMessages(["rare"], 2)).map(({ id }) => id),
          ["2999"],
          "what is left",
        );
      }),
  ],
});
