import type { CommitBatch } from "../../storage/records.ts";
import { casesOf } from "./conformance-case.ts";
import { type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual, expectRejection, expectTrue } from "./expectations.ts";
import { batch, bytes, message, row, send } from "./samples.ts";
import { rowsUnder, wholeRun } from "./whole-run.ts";

/** More than a statement of many databases takes parameters. */
const MANY = 1_200;
const RANGES = 200;

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** A key of `MANY`, and one of `RANGES`. */
const keyOf = (index: number): number[] => [1, index >>> 8, index & 255];
const rangedKeyOf = (index: number): number[] => [2, index];

/** How much of each part a batch may hold, and what counts towards its limits. */
export const amountCases = casesOf<RunningContext>({
  "amounts-of-each": [
    "takes 1,200 sends, deletions, consumed messages, answers and 200 ranges, and forgets none of them",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId, response }) => {
        const sends = numbers(MANY).map((index) => send(workflowId, String(index)));
        const puts = [...numbers(MANY).map(keyOf), ...numbers(RANGES).map(rangedKeyOf)].map((key) =>
          row(key),
        );
        await driver.commit(batch({ epoch, puts, send: sends }));
        expectEqual((await driver.list(bytes(1), { limit: 9_999 })).length, MANY, "rows");
        const parts: Partial<CommitBatch> = {
          deletes: numbers(MANY).map((index) => Uint8Array.from(keyOf(index))),
          deleteRanges: numbers(RANGES).map((index) => ({ from: bytes(2, index), to: bytes(2, index, 0) })),
          consume: numbers(MANY).map(String),
          complete: numbers(MANY).map((index) => ({
            id: String(index),
            response: bytes(index >>> 8, index & 255),
          })),
        };
        await driver.commit(batch({ epoch, expectedRevision: 2, ...parts }));
        expectEqual(await rowsUnder(driver, bytes()), [], "the rows that are left");
        expectEqual(await driver.peekMessages(null, 9), [], "the messages that are left");
        for (const index of [0, 600, MANY - 1]) {
          expectEqual(await response(String(index)), bytes(index >>> 8, index & 255), `answer ${index}`);
        }
        await driver.commit(batch({ epoch, expectedRevision: 3, send: sends }));
        expectEqual(await driver.peekMessages(null, 9), [], "the messages after all were sent again");
      }),
  ],
  "amounts-of-bytes": [
    "keeps a header, an answer, a row and a body that is sent of 256 KiB each, byte for byte",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId, response }) => {
        const large = (seed: number): Uint8Array =>
          Uint8Array.from({ length: 256 * 1024 }, (_, index) => (index * seed + (index >>> 8)) & 255);
        const [header, value, body, answer] = [large(3), large(5), large(7), large(11)];
        const complete = [{ id: "1", response: answer.slice() }];
        const parts = { header: header.slice(), puts: [row([1], value)], complete };
        await driver.commit(
          batch({ epoch, ...parts, send: [send(workflowId, "2", { body: body.slice() })] }),
        );
        const image = await wholeRun(driver);
        const kept: [string, Uint8Array | null | undefined, Uint8Array][] = [
          ["the header", image?.header, header],
          ["the row", image?.entries[0]?.value, value],
          ["the body", (await driver.peekMessages(null, 1))[0]?.body, body],
          ["the answer", await response("1"), answer],
        ];
        for (const [what, found, given] of kept) {
          expectEqual(found?.length, given.length, `the length of ${what}`);
          expectTrue(given.every((byte, index) => found?.[index] === byte) === true, `${what} as it was`);
        }
      }),
  ],
  "amounts-counted": [
    "counts every part of a batch towards its limits: header, answers, sends, deletions, consumption",
    (context) =>
      withRun(
        context,
        async ({ driver, epoch, workflowId }) => {
          const ids = numbers(21).map(String);
          for (const id of ids) await driver.enqueueMessage(message(id));
          const large = bytes(...numbers(255));
          const tooMuch: Record<string, Partial<CommitBatch>> = {
            "a header": { header: new Uint8Array(1_001) },
            answers: { complete: ids.slice(0, 5).map((id) => ({ id, response: large })) },
            sends: { send: ids.slice(0, 5).map((id) => send(workflowId, `new ${id}`, { body: large })) },
            "a bit of each": {
              puts: [row([1], large), row([2], large)],
              complete: [{ id: "1", response: large }],
              send: [send(workflowId, "new", { body: large })],
            },
            deletions: { deletes: ids.map((id) => bytes(Number(id))) },
            ranges: { deleteRanges: ids.map((id) => ({ from: bytes(Number(id)), to: bytes(99) })) },
            consumption: { consume: ids },
          };
          for (const [what, parts] of Object.entries(tooMuch))
            await expectRejection(driver.commit(batch({ epoch, ...parts })), "LIMIT", `too much: ${what}`);
          expectEqual((await driver.load())?.revision, 1, "the revision");
          expectEqual((await driver.peekMessages(null, 99)).length, ids.length, "the queue");
        },
        { driverLimits: { batchRows: 20, batchBytes: 1_000 } },
      ),
  ],
});
