import { HoldfastError } from "../../model/errors/holdfast-error.ts";
import { StorageError } from "../../model/errors/storage-errors.ts";
import type { EngineDriver } from "../../storage/driver.ts";
import type { CommitBatch } from "../../storage/records.ts";
import { casesOf } from "./conformance-case.ts";
import { type DriverSubject, type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual, expectOffered, expectTrue } from "./expectations.ts";
import { batch, bytes, message, row } from "./samples.ts";
import { rowsUnder, wholeRun } from "./whole-run.ts";

/** A run with a row, a message and an answer to come, and the batch that changes all of it. */
async function prepared({ driver, epoch, workflowId }: DriverSubject): Promise<CommitBatch> {
  await driver.enqueueMessage(message("1"));
  await driver.commit(batch({ epoch, header: bytes(1), puts: [row([9], [1])] }));
  return batch({
    epoch,
    expectedRevision: 2,
    header: bytes(2),
    deletes: [bytes(9)],
    puts: [row([1], [2]), row([2], [2])],
    consume: ["1"],
    complete: [{ id: "1", response: bytes(2) }],
    send: [{ to: workflowId, message: message("2") }],
  });
}

/** Whether the batch of `prepared` is there: wholly (true) or not at all (false); anything else fails the case. */
async function isApplied(driver: EngineDriver, given: CommitBatch): Promise<boolean> {
  const image = await wholeRun(driver);
  const queue = (await driver.peekMessages(null, 9)).map(({ id }) => id);
  const seen = [image?.revision, image?.header, image?.entries, queue];
  const applied = await driver.applied(given.batchId);
  const whole = [3, bytes(2), given.puts, ["2"]];
  expectEqual(seen, applied ? whole : [2, bytes(1), [row([9], [1])], ["1"]], "the run");
  return applied;
}

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

/** Takes the failure of a storage for what it has to be. */
function expectStorageError(error: unknown): StorageError {
  if (StorageError.is(error)) return error;
  expectTrue(HoldfastError.is(error), `a StorageError, not ${String(error)}`);
  throw error;
}

/** What a commit has done when its storage fails, its answer is lost or its process is killed. */
export const outcomeCases = casesOf<RunningContext>({
  "fault-each-write": [
    "applies a batch wholly or not at all, whichever of its writes fails, and takes it again",
    failingAtEachWrite,
  ],
  "fault-message": [
    "queues a message wholly or not at all, whichever write fails, and once when it is sent again",
    (context) =>
      withEachFailure(context, async ({ driver, epoch }, failing) => {
        await failing(() => driver.enqueueMessage(message("1", { body: bytes(5) })));
        await driver.enqueueMessage(message("1", { body: bytes(5) }));
        const queue = await driver.peekMessages(["m"], 9);
        expectEqual(
          queue.map(({ id, body }) => [id, body]),
          [["1", bytes(5)]],
          "the queue",
        );
        await driver.commit(batch({ epoch, consume: ["1"] }));
        expectEqual(await driver.peekMessages(null, 9), [], "the queue after it was consumed");
      }),
  ],
  "fault-frees": [
    "holds nothing after a failed write: another connection writes at once",
    (context) =>
      withRun(context, async (subject) => {
        const faults = expectOffered(subject.faults, "faults");
        const other = await expectOffered(subject.second, "second")();
        faults.failWrite(1);
        await rejectionOf(subject.driver.commit(batch({ epoch: subject.epoch, puts: [row([1])] })));
        expectTrue(faults.happened, "a failed write");
        await other.commit(batch({ epoch: subject.epoch, puts: [row([2])] }));
        expectEqual(await rowsUnder(subject.driver, bytes()), [row([2])], "the rows");
      }),
  ],
  "fault-answer-lost": [
    "says of a commit whose answer was lost that it does not know, and of its batch that it was applied",
    (context) =>
      withRun(context, async (subject) => {
        const faults = expectOffered(subject.faults, "faults");
        const given = await prepared(subject);
        faults.loseAnswer();
        const error = expectStorageError(await rejectionOf(subject.driver.commit(given)));
        expectEqual(error.outcome, "unknown", "the outcome");
        expectEqual(await isApplied(subject.driver, given), true, "whether it was applied");
      }),
  ],
  "crash-acknowledged": [
    "has everything that was acknowledged when its process is killed",
    (context) =>
      withRun(context, async (subject) => {
        const given = await prepared(subject);
        await subject.driver.commit(given);
        await subject.driver.enqueueMessage(message("3"));
        const again = await expectOffered(subject.crash, "crash")();
        expectEqual(await again.applied(given.batchId), true, "whether the batch was the last");
        const image = await wholeRun(again);
        expectEqual([image?.revision, image?.header, image?.entries], [3, bytes(2), given.puts], "the run");
        expectEqual(
          (await again.peekMessages(null, 9)).map(({ id }) => id),
          ["2", "3"],
          "the queue",
        );
        await again.commit(batch({ epoch: subject.epoch, expectedRevision: 3 }));
      }),
  ],
  "crash-in-flight": [
    "has a commit in flight wholly or not at all when its process is killed, and takes it again",
    async (context) => {
      for (let turns = 0; turns < 8; turns++) {
        await withRun(context, async (subject) => {
          const given = await prepared(subject);
          const commit = rejectionOf(subject.driver.commit(given));
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
          const again = await expectOffered(subject.crash, "crash")();
          if (!(await isApplied(again, given))) await again.commit(given);
          expectEqual(await isApplied(again, given), true, "whether it is applied in the end");
          await commit;
        });
      }
    },
  ],
  "crash-message": [
    "has a message in flight once or not at all when its process is killed, and once when it is sent again",
    async (context) => {
      for (let turns = 0; turns < 8; turns++) {
        await withRun(context, async (subject) => {
          const sent = rejectionOf(subject.driver.enqueueMessage(message("1")));
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
          const again = await expectOffered(subject.crash, "crash")();
          expectTrue((await again.peekMessages(null, 9)).length <= 1, "at most one message");
          await again.enqueueMessage(message("1"));
          expectEqual((await again.peekMessages(null, 9)).length, 1, "the messages in the end");
          await sent;
        });
      }
    },
  ],
  "second-sees": [
    "shows a batch to a second connection as soon as it is acknowledged, and never a part of it",
    (context) =>
      withRun(context, async (subject) => {
        const other = await expectOffered(subject.second, "second")();
        for (let value = 1; value <= 20; value++) {
          const puts = [1, 2, 3].map((key) => row([key], [value]));
          const commit = subject.driver.commit(
            batch({ epoch: subject.epoch, expectedRevision: value, header: bytes(value), puts }),
          );
          const during = await other.load();
          const values = new Set((during?.entries ?? []).map((entry) => entry.value[0]));
          if (during !== null && during.revision > 1) values.add(during.header[0]);
          expectTrue(values.size <= 1, "header and rows of one commit");
          await commit;
          expectEqual((await other.load())?.revision, value + 1, "the revision that the other sees");
        }
      }),
  ],
  "second-fences": [
    "fences a second connection whose picture of the run is old",
    (context) =>
      withRun(context, async ({ driver, epoch, second }) => {
        const other = await expectOffered(second, "second")();
        await other.load();
        await driver.commit(batch({ epoch, puts: [row([1])] }));
        const outcomes = await Promise.allSettled([
          other.commit(batch({ epoch, puts: [row([2])] })),
          driver.commit(batch({ epoch, expectedRevision: 2, puts: [row([3])] })),
          other.commit(batch({ epoch, expectedRevision: 2, puts: [row([4])] })),
        ]);
        expectEqual(outcomes.filter(({ status }) => status === "fulfilled").length, 1, "applied batches");
        expectEqual((await driver.load())?.revision, 3, "the revision");
        expectEqual((await rowsUnder(other, bytes())).length, 2, "the number of rows");
      }),
  ],
  "transactions-few": [
    "costs one write transaction for each commit and each message, and none for a look",
    (context) =>
      withRun(context, async ({ driver, epoch, transactions }) => {
        const count = expectOffered(transactions, "transactions");
        const before = count();
        await driver.enqueueMessage(message("1"));
        await driver.commit(batch({ epoch, puts: [row([1]), row([2])], consume: ["1"] }));
        await driver.commit(batch({ epoch, expectedRevision: 2, puts: [row([3])] }));
        await driver.load();
        await driver.list(bytes());
        await driver.peekMessages(null, 9);
        await driver.applied("absent");
        await driver.enqueueMessage(message("1"));
        expectEqual(count() - before, 3, "write transactions");
      }),
  ],
});

/** Runs `body` with a failure at the first write, at the second, and so on, until there is none to fail. */
async function withEachFailure(
  context: RunningContext,
  body: (
    subject: DriverSubject,
    failing: (call: () => Promise<unknown>) => Promise<unknown>,
  ) => Promise<void>,
): Promise<void> {
  let failed = true;
  for (let number = 1; failed; number++) {
    await withRun(context, async (subject) => {
      const faults = expectOffered(subject.faults, "faults");
      await body(subject, async (call) => {
        faults.failWrite(number);
        const error = await rejectionOf(call());
        faults.heal();
        return error;
      });
      failed = faults.happened;
      expectTrue(failed || number > 1, "a write to fail");
    });
  }
}

async function failingAtEachWrite(context: RunningContext): Promise<void> {
  await withEachFailure(context, async (subject, failing) => {
    const { driver, response } = subject;
    const given = await prepared(subject);
    const error = await failing(() => driver.commit(given));
    const applied = await isApplied(driver, given);
    if (error !== null) {
      const { outcome } = expectStorageError(error);
      expectTrue(outcome === "unknown" || !applied, "nothing of a batch that was not applied");
    }
    if (!applied) await driver.commit(given);
    expectEqual(await isApplied(driver, given), true, "whether it is applied in the end");
    expectEqual(await response("1"), bytes(2), "the answer");
  });
}
