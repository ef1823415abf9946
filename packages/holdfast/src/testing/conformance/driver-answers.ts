import { casesOf } from "./conformance-case.ts";
import { type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual, expectRejection } from "./expectations.ts";
import { batch, bytes, message } from "./samples.ts";

/** Answers to completable messages: the first stays, exactly, until it is taken back or the run is deleted. */
export const answerCases = casesOf<RunningContext>({
  "answer-twice-in-a-batch": [
    "keeps the first of two answers to a message in one batch",
    (context) =>
      withRun(context, async ({ driver, epoch, response }) => {
        const complete = [1, 2].map((value) => ({ id: "1", response: bytes(value) }));
        await driver.commit(batch({ epoch, complete }));
        expectEqual(await response("1"), bytes(1), "the answer");
      }),
  ],
  "answer-retracted": [
    "forgets an answer that is taken back, and keeps the next one, of the same batch too",
    (context) =>
      withRun(context, async ({ driver, epoch, response }) => {
        const answer = (value: number) => [{ id: "1", response: bytes(value) }];
        await driver.commit(batch({ epoch, complete: answer(1) }));
        await driver.commit(batch({ epoch, expectedRevision: 2, retract: ["1", "never"] }));
        expectEqual(await response("1"), null, "the answer that was taken back");
        await driver.commit(batch({ epoch, expectedRevision: 3, complete: answer(2) }));
        expectEqual(await response("1"), bytes(2), "the next answer");
        await driver.commit(batch({ epoch, expectedRevision: 4, retract: ["1"], complete: answer(3) }));
        expectEqual(await response("1"), bytes(3), "the answer of the batch that took one back");
      }),
  ],
  "answer-of-a-refused-batch": [
    "does not keep an answer of a batch that was refused",
    (context) =>
      withRun(context, async ({ driver, epoch, response }) => {
        const refused = batch({ epoch, expectedRevision: 7, complete: [{ id: "1", response: bytes(1) }] });
        await expectRejection(driver.commit(refused), "FENCED", "a batch after the wrong revision");
        expectEqual(await response("1"), null, "the answer");
        await driver.commit(batch({ epoch, complete: [{ id: "1", response: bytes(2) }] }));
        expectEqual(await response("1"), bytes(2), "the answer of the batch that was applied");
      }),
  ],
  "answer-owned": [
    "keeps an answer apart from the arrays of those who give and take it",
    (context) =>
      withRun(context, async ({ driver, epoch, response }) => {
        const given = bytes(1, 2, 3);
        await driver.commit(batch({ epoch, complete: [{ id: "1", response: given }] }));
        given.fill(99);
        (await response("1"))?.fill(98);
        expectEqual(await response("1"), bytes(1, 2, 3), "the answer");
      }),
  ],
  "answer-after-the-end": [
    "gives an answer after the run has ended, and after a restart",
    (context) =>
      withRun(context, async (subject) => {
        const { driver, epoch } = subject;
        await driver.enqueueMessage(message("1", { completable: true }));
        const complete = [{ id: "1", response: bytes(4) }];
        await driver.commit(batch({ epoch, status: "completed", consume: ["1"], complete }));
        expectEqual(await subject.response("1"), bytes(4), "the answer");
        await subject.reopen();
        expectEqual(await subject.response("1"), bytes(4), "the answer after a restart");
      }),
  ],
});
