import { casesOf } from "./conformance-case.ts";
import { type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual, expectRejection, expectTrue } from "./expectations.ts";
import { batch, bytes, message, row } from "./samples.ts";
import { rowsUnder, wholeRun } from "./whole-run.ts";

const ALL = bytes();

/** Batches: all or nothing, in order, one after the other, within limits, never twice. */
export const batchCases = casesOf<RunningContext>({
  "batch-empty": [
    "takes an empty batch as a revision of its own",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        await driver.commit(batch({ epoch }));
        expectEqual((await driver.load())?.revision, 2, "the revision");
      }),
  ],
  "batch-header": [
    "stores the header with every commit",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        await driver.commit(batch({ epoch, header: bytes(0, 255, 3) }));
        await driver.commit(batch({ epoch, expectedRevision: 2, header: bytes() }));
        const image = await driver.load();
        expectEqual(image?.header, bytes(), "the header");
        expectEqual(image?.revision, 3, "the revision");
        expectEqual(image?.epoch, epoch, "the epoch");
      }),
  ],
  "batch-order": [
    "applies ranges, then deletes, then puts",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        await driver.commit(batch({ epoch, puts: [row([1]), row([2]), row([3])] }));
        const deleteRanges = [{ from: bytes(0), to: bytes(255) }];
        const puts = [row([2], [22]), row([4], [44])];
        await driver.commit(batch({ epoch, expectedRevision: 2, deleteRanges, deletes: [bytes(4)], puts }));
        expectEqual(await rowsUnder(driver, ALL), puts, "the rows");
      }),
  ],
  "batch-duplicate-keys": [
    "lets the last of two puts of one key win",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        await driver.commit(batch({ epoch, puts: [row([1], [1]), row([1], [2])] }));
        expectEqual(await rowsUnder(driver, ALL), [row([1], [2])], "the rows");
      }),
  ],
  "batch-value-limit": [
    "takes values of 0, 1 and the limit's bytes, and refuses a longer one whole",
    (context) =>
      withRun(
        context,
        async ({ driver, epoch }) => {
          const { valueBytes } = driver.limits;
          const fitting = [0, 1, valueBytes].map((length) =>
            row([length & 255, 1], new Uint8Array(length).fill(3)),
          );
          await driver.commit(batch({ epoch, puts: fitting }));
          const long = row([9], new Uint8Array(valueBytes + 1));
          const refused = driver.commit(batch({ epoch, expectedRevision: 2, puts: [row([8]), long] }));
          await expectRejection(refused, "LIMIT", "a value over the limit");
          expectEqual((await rowsUnder(driver, ALL)).length, 3, "the number of rows");
          expectEqual((await driver.load())?.revision, 2, "the revision");
        },
        { driverLimits: { valueBytes: 1_000 } },
      ),
  ],
  "batch-limits": [
    "refuses a batch of too many rows or bytes whole",
    (context) =>
      withRun(
        context,
        async ({ driver, epoch }) => {
          const many = Array.from({ length: driver.limits.batchRows + 1 }, (_, index) => row([index]));
          await expectRejection(driver.commit(batch({ epoch, puts: many })), "LIMIT", "too many rows");
          const large = [row([1], new Uint8Array(600)), row([2], new Uint8Array(600))];
          await expectRejection(driver.commit(batch({ epoch, puts: large })), "LIMIT", "too many bytes");
          expectEqual((await driver.load())?.revision, 1, "the revision");
          expectEqual(await rowsUnder(driver, ALL), [], "the rows");
        },
        { driverLimits: { batchRows: 20, batchBytes: 1_000 } },
      ),
  ],
  "batch-concurrent": [
    "applies one of two batches that follow the same revision and fences the other",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const tries = [1, 2, 3].map((key) => driver.commit(batch({ epoch, puts: [row([key])] })));
        const outcomes = await Promise.allSettled(tries);
        expectEqual(outcomes.filter(({ status }) => status === "fulfilled").length, 1, "applied batches");
        for (const outcome of outcomes) {
          if (outcome.status === "rejected") {
            await expectRejection(Promise.reject(outcome.reason), "FENCED", "a batch that came second");
          }
        }
        expectEqual((await rowsUnder(driver, ALL)).length, 1, "the number of rows");
      }),
  ],
  "batch-snapshot": [
    "never shows half a batch",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const commits = async (): Promise<void> => {
          for (let value = 1; value <= 30; value++) {
            const puts = [1, 2, 3].map((key) => row([key], [value]));
            await driver.commit(batch({ epoch, expectedRevision: value, header: bytes(value), puts }));
          }
        };
        const looks = async (): Promise<void> => {
          for (let look = 0; look < 60; look++) {
            const image = await driver.load();
            const seen = new Set((image?.entries ?? []).map(({ value }) => value[0]));
            if (image !== null && image.revision > 1) seen.add(image.header[0]);
            expectTrue(seen.size <= 1, "header and rows of one commit");
            await driver.applied("");
          }
        };
        await Promise.all([commits(), looks()]);
      }),
  ],
  "batch-reopen": [
    "has everything of an acknowledged batch after a restart",
    (context) =>
      withRun(context, async (subject) => {
        const { driver, epoch } = subject;
        await driver.enqueueMessage(message("queued", { completable: true, expiresAt: 5 }));
        await driver.enqueueMessage(message("consumed"));
        const complete = [{ id: "queued", response: bytes(5) }];
        const given = batch({
          epoch,
          header: bytes(8),
          puts: [row([1], [2])],
          consume: ["consumed"],
          complete,
        });
        await driver.commit(given);
        const again = await subject.reopen();
        const image = await wholeRun(again);
        expectEqual(image?.revision, 2, "the revision");
        expectEqual(image?.header, bytes(8), "the header");
        expectEqual(image?.entries, [row([1], [2])], "the rows");
        expectEqual(image?.complete, true, "whether these are all rows");
        expectEqual(await again.applied(given.batchId), true, "whether the batch was the last");
        expectEqual(
          (await again.peekMessages(null, 9)).map(({ id }) => id),
          ["queued"],
          "the queue",
        );
        expectEqual(await subject.response("queued"), bytes(5), "the answer");
        await again.enqueueMessage(message("consumed"));
        expectEqual((await again.peekMessages(null, 9)).length, 1, "the queue after a repeated send");
        await again.commit(batch({ epoch, expectedRevision: 2 }));
      }),
  ],
  "batch-applied": [
    "tells whether a batch was the last that was applied",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const first = batch({ epoch });
        expectEqual(await driver.applied(first.batchId), false, "before its commit");
        await driver.commit(first);
        expectEqual(await driver.applied(first.batchId), true, "after its commit");
        expectEqual(
          await driver.applied(first.batchId.slice(0, -1)),
          false,
          "a batch whose id it begins with",
        );
        const late = batch({ epoch });
        await expectRejection(driver.commit(late), "FENCED", "a batch after the wrong revision");
        expectEqual(await driver.applied(late.batchId), false, "a refused batch");
        expectEqual(await driver.applied(first.batchId), true, "the last batch, after a refused one");
        await driver.enqueueMessage(message("1"));
        expectEqual(await driver.applied(first.batchId), true, "the last batch, after a message");
        await driver.commit(batch({ epoch, expectedRevision: 2 }));
        expectEqual(await driver.applied(first.batchId), false, "an earlier batch");
      }),
  ],
  "batch-fence": [
    "fences a batch of another epoch or revision, and writes nothing of it",
    (context) =>
      withRun(context, async (subject) => {
        const { driver, epoch } = subject;
        await driver.enqueueMessage(message("a"));
        await driver.commit(batch({ epoch, header: bytes(2), puts: [row([1], [1])] }));
        const effects = {
          header: bytes(99),
          puts: [row([1], [9])],
          deletes: [bytes(1)],
          consume: ["a"],
          complete: [{ id: "a", response: bytes(1) }],
          send: [{ to: subject.workflowId, message: message("b") }],
        };
        for (const [told, wrong] of [
          ["a newer epoch", { epoch: epoch + 1, expectedRevision: 2 }],
          ["an older epoch", { epoch: epoch - 1, expectedRevision: 2 }],
          ["an older revision", { epoch, expectedRevision: 1 }],
          ["a newer revision", { epoch, expectedRevision: 3 }],
        ] as const) {
          await expectRejection(driver.commit(batch({ ...effects, ...wrong })), "FENCED", told);
        }
        const image = await wholeRun(driver);
        expectEqual(
          [image?.revision, image?.header, image?.entries],
          [2, bytes(2), [row([1], [1])]],
          "the run",
        );
        expectEqual(
          (await driver.peekMessages(null, 9)).map(({ id }) => id),
          ["a"],
          "the queue",
        );
        expectEqual(await subject.response("a"), null, "the answer");
      }),
  ],
});
