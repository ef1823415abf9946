import { casesOf } from "./conformance-case.ts";
import type { DriverContext, DriverSubject } from "./driver-context.ts";
import { expectEqual, expectImage, expectOffered, expectRejection, expectTrue } from "./expectations.ts";
import { batch, bytes, message, newRun, row } from "./samples.ts";
import { rowsUnder, wholeRun } from "./whole-run.ts";

async function withFresh(
  context: DriverContext,
  body: (subject: DriverSubject) => Promise<void>,
): Promise<void> {
  const subject = await context.open();
  await body(subject);
  await subject.close();
}

const FIRST = { expectedRevision: 0 };
/** Later than any case runs, and soon enough for platforms whose alarms have an end. */
const LATER = Date.UTC(2150, 0, 1);

/** What only bare drivers do: the first commit creates the run, and there are no claims. */
export const bareCases = casesOf<DriverContext>({
  "bare-absent": [
    "has no run before the first commit",
    (context) =>
      withFresh(context, async ({ driver }) => {
        expectEqual(await driver.load(), null, "the image");
        expectEqual(await rowsUnder(driver, bytes()), [], "the rows");
        expectEqual(await driver.peekMessages(null, 9), [], "the queue");
        expectEqual(await driver.applied("any"), false, "whether a batch was applied");
      }),
  ],
  "bare-create": [
    "creates the run with the commit that follows revision 0",
    (context) =>
      withFresh(context, async ({ driver }) => {
        const first = batch({ ...FIRST, header: bytes(3), puts: [row([1])] });
        await driver.commit(first);
        const image = {
          header: bytes(3),
          revision: 1,
          epoch: 0,
          claimsWithoutCommit: 0,
          entries: [row([1])],
        };
        expectImage(await wholeRun(driver), { ...image, complete: true }, "the image");
        expectEqual(await driver.applied(first.batchId), true, "whether the batch was applied");
      }),
  ],
  "bare-create-once": [
    "creates the run once",
    (context) =>
      withFresh(context, async ({ driver }) => {
        const outcomes = await Promise.allSettled([1, 2, 3].map(() => driver.commit(batch(FIRST))));
        expectEqual(outcomes.filter(({ status }) => status === "fulfilled").length, 1, "creations");
        await expectRejection(driver.commit(batch(FIRST)), "FENCED", "another creation");
      }),
  ],
  "bare-fence-absent": [
    "fences a commit that follows a revision which does not exist, or is of an epoch",
    (context) =>
      withFresh(context, async ({ driver }) => {
        await expectRejection(driver.commit(batch({ expectedRevision: 1 })), "FENCED", "a commit to no run");
        await expectRejection(driver.commit(batch({ ...FIRST, epoch: 1 })), "FENCED", "a commit of an epoch");
        expectEqual(await driver.load(), null, "the image");
      }),
  ],
  "bare-early-messages": [
    "keeps messages for a run that does not exist yet",
    (context) =>
      withFresh(context, async (subject) => {
        await subject.driver.enqueueMessage(message("1"));
        await subject.driver.enqueueMessage(message("2"));
        await subject.driver.enqueueMessage(message("1"));
        expectEqual(await subject.driver.load(), null, "the image");
        const driver = await subject.reopen();
        await driver.commit(batch({ ...FIRST, consume: ["1"] }));
        expectEqual(
          (await driver.peekMessages(null, 9)).map(({ id }) => id),
          ["2"],
          "the queue",
        );
      }),
  ],
  "bare-early-wait": [
    "ends a wait that began before the run existed",
    (context) =>
      withFresh(context, async ({ driver }) => {
        const wait = driver.waitForMessages(null, new AbortController().signal);
        await driver.enqueueMessage(message("1"));
        await wait;
      }),
  ],
  "bare-alone": [
    "refuses sends to other runs and new runs, and writes nothing",
    (context) =>
      withFresh(context, async ({ driver }) => {
        const send = [{ to: "someone else", message: message("1") }];
        await expectRejection(
          driver.commit(batch({ ...FIRST, send })),
          "MESSAGE_REFUSED",
          "a send to another run",
        );
        const spawn = [newRun("child")];
        await expectRejection(
          driver.commit(batch({ ...FIRST, spawn })),
          "INVALID_ARGUMENT",
          "another run's start",
        );
        expectEqual(await driver.load(), null, "the image");
      }),
  ],
  "bare-alarm": [
    "has the platform wake the run at its time, sooner for a message that it wants, and not while it is held",
    (context) =>
      withFresh(context, async ({ driver, alarm, crash }) => {
        const at = expectOffered(alarm, "alarm");
        const asleep = { status: "sleeping", wakeAt: LATER, wants: ["m"] } as const;
        await driver.commit(batch({ ...FIRST, ...asleep }));
        expectEqual(at(), LATER, "the alarm of a run that sleeps");
        await driver.enqueueMessage(message("other", { name: "other" }));
        expectEqual(at(), LATER, "the alarm after a message that it does not want");
        await driver.enqueueMessage(message("wanted"));
        const sooner = at();
        expectTrue(sooner !== null && sooner < LATER, `an alarm that comes sooner: ${sooner}`);
        await driver.commit(batch({ ...asleep, wakeAt: LATER + 5, consume: ["wanted"] }));
        expectEqual(at(), LATER + 5, "the alarm after its next commit");
        await driver.commit(batch({ expectedRevision: 2, ...asleep, status: "paused" }));
        expectEqual(at(), null, "the alarm of a run that is held");
        await driver.commit(batch({ expectedRevision: 3, ...asleep }));
        if (crash !== undefined) await (await crash()).load();
        expectEqual(at(), LATER, "the alarm after a kill");
      }),
  ],
  "bare-alarm-end": [
    "has the platform wake no run that has ended",
    (context) =>
      withFresh(context, async ({ driver, alarm }) => {
        const at = expectOffered(alarm, "alarm");
        await driver.commit(batch({ ...FIRST, status: "sleeping", wakeAt: LATER }));
        await driver.commit(batch({ status: "completed", wakeAt: LATER }));
        expectEqual(at(), null, "the alarm");
        await driver.load();
        expectEqual(at(), null, "the alarm after it was loaded");
      }),
  ],
  "bare-all-states": [
    "goes on after a commit of any status: there is no claim to give up",
    (context) =>
      withFresh(context, async ({ driver }) => {
        const states = [
          "sleeping",
          "running",
          "rolling_back",
          "paused",
          "failed",
          "pending",
          "completed",
        ] as const;
        for (const [expectedRevision, status] of states.entries()) {
          await driver.commit(batch({ expectedRevision, status, wakeAt: 5, wants: ["m"] }));
        }
        expectEqual((await driver.load())?.revision, states.length, "the revision");
      }),
  ],
});
