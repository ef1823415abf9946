import type { EngineDriver } from "../../storage/driver.ts";
import { casesOf } from "./conformance-case.ts";
import { type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual, expectRejection, expectTrue } from "./expectations.ts";
import { batch, bytes, message, row, send } from "./samples.ts";
import { rowsUnder } from "./whole-run.ts";

async function idsOf(
  driver: EngineDriver,
  names: readonly string[] | null = null,
  count = 999,
): Promise<string[]> {
  return (await driver.peekMessages(names, count)).map(({ id }) => id);
}

function numbers(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => String(from + index));
}

/** The queue under load and in odd orders. */
export const queueCases = casesOf<RunningContext>({
  "queue-consume-order": [
    "keeps the order of the rest when messages are taken from the middle, the end and the front",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        for (const id of numbers(8)) await driver.enqueueMessage(message(id));
        const takes = [["4"], ["7", "1"], ["0"]];
        for (const [index, consume] of takes.entries()) {
          await driver.commit(batch({ epoch, expectedRevision: index + 1, consume }));
        }
        await driver.enqueueMessage(message("8"));
        expectEqual(await idsOf(driver), ["2", "3", "5", "6", "8"], "the queue");
      }),
  ],
  "queue-refilled": [
    "stays in order when it is emptied and filled again",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        for (let round = 0; round < 10; round++) {
          const ids = numbers(5, round * 5);
          for (const id of ids) await driver.enqueueMessage(message(id, { remember: round % 2 === 0 }));
          expectEqual(await idsOf(driver), ids, "the queue");
          await driver.commit(batch({ epoch, expectedRevision: round + 1, consume: ids }));
          expectEqual(await idsOf(driver), [], "the queue after all was consumed");
        }
      }),
  ],
  "queue-across-names": [
    "gives messages of several names in the order in which they came, whatever the order of the names",
    (context) =>
      withRun(context, async ({ driver }) => {
        const names = ["z", "a", "m"];
        for (const id of numbers(9)) {
          await driver.enqueueMessage(message(id, { name: names[Number(id) % 3] ?? "" }));
        }
        expectEqual(await idsOf(driver, ["a", "z"]), ["0", "1", "3", "4", "6", "7"], "of two names");
        expectEqual(await idsOf(driver, ["m", "a", "z"], 4), ["0", "1", "2", "3"], "the oldest of all");
      }),
  ],
  "queue-count": [
    "gives as many as are asked for and no more",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId }) => {
        const sends = numbers(1_200).map((id) => send(workflowId, id));
        await driver.commit(batch({ epoch, send: sends }));
        expectEqual((await driver.peekMessages(null, 0)).length, 0, "none");
        expectEqual((await driver.peekMessages(null, 1)).length, 1, "of any name");
        expectEqual((await driver.peekMessages(["m"], 1_000)).length, 1_000, "of one name");
        expectEqual((await driver.peekMessages(["m", "n"], 1_300)).length, 1_200, "of all there are");
      }),
  ],
  "queue-many-names": [
    "looks for 500 names at once",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const names = numbers(500).map((id) => `name ${id}`);
        await driver.enqueueMessage(message("1", { name: "name 499" }));
        await driver.enqueueMessage(message("2", { name: "name 500" }));
        expectEqual(await idsOf(driver, names), ["1"], "the messages");
        await driver.commit(batch({ epoch, status: "running", wants: names }));
      }),
  ],
  "queue-expired": [
    "gives expired messages too: dropping them is the runner's",
    (context) =>
      withRun(context, async ({ driver }) => {
        await driver.enqueueMessage(message("1", { expiresAt: 1 }));
        await driver.enqueueMessage(message("2"));
        const queue = await driver.peekMessages(null, 9);
        expectEqual(
          queue.map(({ id, expiresAt }) => [id, expiresAt]),
          [
            ["1", 1],
            ["2", null],
          ],
          "the queue",
        );
      }),
  ],
  "queue-exact-numbers": [
    "keeps times exactly: zero, fractions, the year 9999, the largest",
    (context) =>
      withRun(context, async ({ driver }) => {
        const times = [0, 0.5, 253_402_300_799_999, Number.MAX_SAFE_INTEGER];
        for (const time of times) {
          await driver.enqueueMessage(message(String(time), { createdAt: time, expiresAt: time }));
        }
        const queue = await driver.peekMessages(null, 9);
        expectEqual(
          queue.map(({ createdAt, expiresAt }) => [createdAt, expiresAt]),
          times.map((time) => [time, time]),
          "the times",
        );
      }),
  ],
  "queue-large-body": [
    "keeps a body of 256 KiB, byte for byte",
    (context) =>
      withRun(context, async ({ driver }) => {
        const body = Uint8Array.from({ length: 256 * 1024 }, (_, index) => (index * 7 + (index >>> 8)) & 255);
        await driver.enqueueMessage(message("1", { body: body.slice() }));
        const [found] = await driver.peekMessages(null, 1);
        expectTrue(found?.body.every((byte, index) => byte === body[index]) === true, "the same bytes");
        expectEqual(found?.body.length, body.length, "the length");
      }),
  ],
  "queue-owned-out": [
    "hands out bodies that the caller may change",
    (context) =>
      withRun(context, async ({ driver }) => {
        await driver.enqueueMessage(message("1", { body: bytes(1, 2) }));
        for (const names of [null, ["m"]]) (await driver.peekMessages(names, 1))[0]?.body.fill(99);
        expectEqual((await driver.peekMessages(null, 1))[0]?.body, bytes(1, 2), "the body");
      }),
  ],
  "queue-owned-in": [
    "is not changed by what the sender does with its arrays afterwards",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId }) => {
        const direct = message("1", { body: bytes(1, 2) });
        await driver.enqueueMessage(direct);
        const sent = send(workflowId, "2", { body: bytes(3, 4) });
        await driver.commit(batch({ epoch, send: [sent] }));
        direct.body.fill(99);
        sent.message.body.fill(99);
        expectEqual(
          (await driver.peekMessages(null, 9)).map(({ body }) => body),
          [bytes(1, 2), bytes(3, 4)],
          "the bodies",
        );
      }),
  ],
  "queue-and-commits": [
    "loses and doubles nothing when messages come while commits consume",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const ids = numbers(40);
        const sending = Promise.all(
          ids.map(async (id) => {
            await driver.enqueueMessage(message(id));
            await driver.enqueueMessage(message(id));
          }),
        );
        const consumed: string[] = [];
        for (let revision = 1; consumed.length < ids.length && revision < 500; revision++) {
          const consume = await idsOf(driver, null, 3);
          const puts = consume.map((id) => row([Number(id)]));
          await driver.commit(batch({ epoch, expectedRevision: revision, consume, puts }));
          consumed.push(...consume);
        }
        await sending;
        const sorted = [...consumed].sort((a, b) => Number(a) - Number(b));
        expectEqual(sorted, ids, "the consumed messages");
        expectEqual(await idsOf(driver), [], "the queue");
        expectEqual((await rowsUnder(driver, bytes())).length, ids.length, "the number of rows");
      }),
  ],
  "queue-put-back-at-once": [
    "puts a message back that the same batch consumes, in front",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId }) => {
        for (const id of numbers(3)) await driver.enqueueMessage(message(id));
        const back = [{ ...send(workflowId, "1"), requeue: true }];
        await driver.commit(batch({ epoch, consume: ["1"], send: back }));
        expectEqual(await idsOf(driver), ["1", "0", "2"], "the queue");
        expectEqual(await idsOf(driver, ["m"]), ["1", "0", "2"], "the queue of its name");
      }),
  ],
  "queue-front-again": [
    "puts messages back in front in one commit after the other, the last ones foremost",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId }) => {
        for (const id of numbers(4)) await driver.enqueueMessage(message(id));
        await driver.commit(batch({ epoch, consume: ["0", "1", "2"] }));
        for (const [index, id] of ["2", "1", "0"].entries()) {
          const back = [{ ...send(workflowId, id), requeue: true }];
          await driver.commit(batch({ epoch, expectedRevision: 2 + index, send: back }));
        }
        expectEqual(await idsOf(driver), numbers(4), "the queue");
        expectEqual(await idsOf(driver, ["m"]), numbers(4), "the queue of its name");
      }),
  ],
  "queue-full-swap": [
    "takes a message to itself in the room of one that the same batch consumes",
    (context) =>
      withRun(
        context,
        async ({ driver, epoch, workflowId }) => {
          for (const id of numbers(2)) await driver.enqueueMessage(message(id));
          await driver.commit(batch({ epoch, consume: ["0"], send: [send(workflowId, "2")] }));
          expectEqual(await idsOf(driver), ["1", "2"], "the queue");
          const two = [send(workflowId, "3"), send(workflowId, "4")];
          const over = driver.commit(batch({ epoch, expectedRevision: 2, consume: ["1"], send: two }));
          await expectRejection(over, "MESSAGE_REFUSED", "two in the room of one");
        },
        { queuedMessages: 2 },
      ),
  ],
  "queue-body-limit": [
    "takes a body of the limit's bytes, and refuses a longer one, sent from outside and by a batch",
    (context) =>
      withRun(
        context,
        async ({ driver, epoch, workflowId }) => {
          const { valueBytes } = driver.limits;
          await driver.enqueueMessage(message("fits", { body: new Uint8Array(valueBytes) }));
          const long = { body: new Uint8Array(valueBytes + 1) };
          await expectRejection(
            driver.enqueueMessage(message("long", long)),
            "LIMIT",
            "a message from outside",
          );
          const sent = driver.commit(
            batch({ epoch, puts: [row([1])], send: [send(workflowId, "long", long)] }),
          );
          await expectRejection(sent, "LIMIT", "a message of a batch");
          expectEqual(
            [await idsOf(driver), await rowsUnder(driver, bytes())],
            [["fits"], []],
            "what is stored",
          );
        },
        { driverLimits: { valueBytes: 1_000 } },
      ),
  ],
  "queue-known-sends": [
    "skips sends of a batch whose ids are queued or were consumed",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId }) => {
        for (const id of ["gone", "there"]) await driver.enqueueMessage(message(id));
        await driver.commit(batch({ epoch, consume: ["gone"] }));
        const sends = ["gone", "there", "new"].map((id) => send(workflowId, id));
        await driver.commit(batch({ epoch, expectedRevision: 2, send: sends }));
        expectEqual(await idsOf(driver), ["there", "new"], "the queue");
      }),
  ],
  "queue-deep": [
    "finds and consumes the oldest of 20,000 messages",
    (context) =>
      withRun(
        context,
        async ({ driver, epoch, workflowId }) => {
          for (let part = 0; part < 4; part++) {
            const sends = numbers(5_000, part * 5_000).map((id) =>
              send(workflowId, id, { name: Number(id) % 5_000 === 0 ? "rare" : "m", remember: false }),
            );
            await driver.commit(batch({ epoch, expectedRevision: part + 1, send: sends }));
          }
          for (let round = 0; round < 50; round++) {
            const consume = await idsOf(driver, ["m"], 10);
            expectEqual(consume, numbers(10, 1 + round * 10), "the ten oldest");
            await driver.commit(batch({ epoch, expectedRevision: 5 + round, consume }));
          }
          expectEqual(await idsOf(driver, ["rare"]), ["0", "5000", "10000", "15000"], "the rare ones");
        },
        { queuedMessages: 20_000 },
      ),
  ],
});
