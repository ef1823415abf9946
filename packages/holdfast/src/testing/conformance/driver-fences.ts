import { casesOf } from "./conformance-case.ts";
import { type DriverSubject, type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual, expectRejection, expectTrue } from "./expectations.ts";
import { batch, bytes, message, row } from "./samples.ts";
import { wholeRun } from "./whole-run.ts";

/** All that a refused batch must not have touched. */
async function everythingOf({ driver, response }: DriverSubject): Promise<unknown> {
  return [await driver.load(), await driver.peekMessages(null, 99), await response("a"), await response("b")];
}

/** Refusals: of a batch that comes late, comes again, or is wrong in one of its parts, nothing is written. */
export const fenceCases = casesOf<RunningContext>({
  "fence-late": [
    "fences a batch that was made before another one and arrives after it",
    (context) =>
      withRun(context, async (subject) => {
        const { driver, epoch } = subject;
        await driver.enqueueMessage(message("a"));
        const late = batch({ epoch, header: bytes(99), puts: [row([1], [9])], consume: ["a"] });
        await driver.commit(batch({ epoch, puts: [row([1], [1])] }));
        const before = await everythingOf(subject);
        await expectRejection(driver.commit(late), "FENCED", "the late batch");
        expectEqual(await driver.applied(late.batchId), false, "whether it was applied");
        expectEqual(await everythingOf(subject), before, "the run");
      }),
  ],
  "fence-repeat": [
    "applies a batch once that is sent again, and says that it was applied",
    (context) =>
      withRun(context, async ({ driver, epoch, workflowId }) => {
        const send = [{ to: workflowId, message: message("1", { remember: false }) }];
        const given = batch({ epoch, puts: [row([1], [1])], send });
        await driver.commit(given);
        await expectRejection(driver.commit(given), "FENCED", "the batch, again");
        expectEqual(await driver.applied(given.batchId), true, "whether it was applied");
        expectEqual((await driver.load())?.revision, 2, "the revision");
        expectEqual((await driver.peekMessages(null, 9)).length, 1, "the messages that it sent");
      }),
  ],
  "fence-repeat-at-once": [
    "applies a batch once that is sent twice in one turn",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const given = batch({ epoch, puts: [row([1], [1])] });
        const outcomes = await Promise.allSettled([driver.commit(given), driver.commit(given)]);
        expectEqual(outcomes.filter(({ status }) => status === "fulfilled").length, 1, "applied batches");
        expectEqual((await driver.load())?.revision, 2, "the revision");
      }),
  ],
  "refusal-whole": [
    "writes nothing of a batch that is wrong in its last part: rows, header, answers, queue, sends",
    (context) =>
      withRun(context, async (subject) => {
        const { driver, epoch, workflowId } = subject;
        await driver.enqueueMessage(message("a"));
        await driver.commit(batch({ epoch, header: bytes(2), puts: [row([1]), row([2])] }));
        const before = await everythingOf(subject);
        const parts = {
          epoch,
          expectedRevision: 2,
          header: bytes(99),
          deleteRanges: [{ from: bytes(2), to: bytes(3) }],
          deletes: [bytes(1)],
          puts: [row([3])],
          complete: [{ id: "a", response: bytes(1) }],
          send: [{ to: workflowId, message: message("b") }],
        };
        const absent = batch({ ...parts, consume: ["a", "absent"] });
        await expectRejection(driver.commit(absent), "STORAGE", "consuming what is not queued");
        expectEqual(await everythingOf(subject), before, "the run after a wrong consumption");
        const nobody = [...parts.send, { to: "nobody", message: message("c") }];
        const lost = batch({ ...parts, consume: ["a"], send: nobody });
        await expectRejection(driver.commit(lost), "MESSAGE_REFUSED", "a send to nobody");
        expectEqual(await everythingOf(subject), before, "the run after a wrong send");
        expectEqual(await driver.applied(lost.batchId), false, "whether it was applied");
      }),
  ],
  "refusal-leaves-no-trace": [
    "takes the next batch after many refused ones",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        for (let index = 0; index < 30; index++) {
          const refused = driver.commit(batch({ epoch, expectedRevision: 9, puts: [row([index])] }));
          await expectRejection(refused, "FENCED", "a batch after the wrong revision");
        }
        await driver.commit(batch({ epoch, puts: [row([1])] }));
        expectEqual((await wholeRun(driver))?.entries, [row([1])], "the rows");
      }),
  ],
  "refusal-beside": [
    "refuses one of the calls of a turn without harm to the others",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const outcomes = await Promise.allSettled([
          driver.enqueueMessage(message("1")),
          driver.commit(batch({ epoch, expectedRevision: 9, puts: [row([1])] })),
          driver.enqueueMessage(message("2")),
          driver.commit(batch({ epoch, consume: ["absent"] })),
          driver.commit(batch({ epoch, puts: [row([2])] })),
        ]);
        const done = outcomes.map(({ status }) => (status === "fulfilled" ? 1 : 0)).join("");
        expectEqual(done, "10101", "what was done");
        expectEqual((await wholeRun(driver))?.entries, [row([2])], "the rows");
        expectEqual((await driver.peekMessages(null, 9)).length, 2, "the queue");
      }),
  ],
  "commit-schedule": [
    "tells by what it wakes the run as the last commit said it, if it tells",
    (context) =>
      withRun(context, async (subject) => {
        const { driver, epoch } = subject;
        const told = async (from = driver): Promise<unknown> => (await from.load())?.schedule;
        if ((await told()) === undefined) return;
        await driver.commit(batch({ epoch, status: "running", wakeAt: 5, wants: ["a", "\ud800"] }));
        const first = { status: "running", wakeAt: 5, wants: ["a", "\ud800"] };
        expectEqual(await told(), first, "the schedule");
        await driver.commit(batch({ epoch, expectedRevision: 2, status: "sleeping", wakeAt: 7, wants: [] }));
        const last = { status: "sleeping", wakeAt: 7, wants: [] };
        expectEqual(await told(await subject.reopen()), last, "the schedule after a restart");
      }),
  ],
  "commits-many": [
    "numbers 300 commits without a gap and keeps what each wrote",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        for (let index = 1; index <= 300; index++) {
          const puts = [row([index >>> 8, index & 255], [index & 255])];
          await driver.commit(batch({ epoch, expectedRevision: index, header: bytes(index & 255), puts }));
        }
        const image = await wholeRun(driver);
        expectEqual([image?.revision, image?.header], [301, bytes(300 & 255)], "revision and header");
        expectEqual(image?.entries.length, 300, "the number of rows");
      }),
  ],
  "commit-after-block": [
    "settles what was asked for before the event loop was kept for long, and what is asked for after",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const commit = driver.commit(batch({ epoch, puts: [row([1])] }));
        let mixed = 1;
        for (let round = 0; round < 50_000_000; round++) mixed = Math.imul(mixed ^ round, 16_777_619);
        expectTrue(Number.isInteger(mixed), "a number");
        await commit;
        await driver.enqueueMessage(message("1"));
        await driver.commit(batch({ epoch, expectedRevision: 2, consume: ["1"] }));
        expectEqual((await driver.load())?.revision, 3, "the revision");
      }),
  ],
});
