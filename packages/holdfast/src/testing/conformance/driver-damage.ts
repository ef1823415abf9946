import type { EngineDriver } from "../../storage/driver.ts";
import { casesOf } from "./conformance-case.ts";
import { type DriverSubject, type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual, expectOffered, expectRejection } from "./expectations.ts";
import { batch, message } from "./samples.ts";
import type { StorageDamage } from "./storage-damage.ts";

/** Damage is told with the run when it is loaded, or by a typed refusal of whoever comes upon it. */
async function expectFound(driver: EngineDriver, what: string): Promise<void> {
  const image = await driver.load();
  if (image?.damage !== undefined) return expectEqual(image.damage.code, "CORRUPTION", what);
  await expectRejection(driver.peekMessages(null, 9), "CORRUPTION", what);
}

/** A run that has consumed one message and has two more in its queue; it is damaged then. */
function damaged(
  context: RunningContext,
  how: (damage: StorageDamage) => Promise<void>,
  body: (subject: DriverSubject) => Promise<void>,
): Promise<void> {
  return withRun(context, async (subject) => {
    const { driver, epoch } = subject;
    for (const id of ["gone", "first", "second"]) {
      await driver.enqueueMessage(message(id, { remember: true }));
    }
    await driver.commit(batch({ epoch, consume: ["gone"] }));
    await expectSound(driver);
    await how(expectOffered(subject.damage, "damage"));
    await body({ ...subject, driver: await subject.reopen() });
  });
}

async function expectSound(driver: EngineDriver): Promise<void> {
  expectEqual((await driver.load())?.damage, undefined, "the damage before anything was damaged");
}

/** What is stored and is not what was written is found out (P15). */
export const damageCases = casesOf<RunningContext>({
  "damage-id-forgotten": [
    "finds out that the id of a consumed message is remembered no more",
    (context) =>
      damaged(
        context,
        (damage) => damage.forgetConsumed(),
        ({ driver }) => expectFound(driver, "a run that forgot what it consumed"),
      ),
  ],
  "damage-message-lost": [
    "finds out that a queued message is gone",
    (context) =>
      damaged(
        context,
        (damage) => damage.loseMessage(),
        ({ driver }) => expectFound(driver, "a run that lost a message"),
      ),
  ],
  "damage-message-moved": [
    "finds out that a queued message stands elsewhere in the queue",
    (context) =>
      damaged(
        context,
        (damage) => damage.moveMessage(),
        ({ driver }) => expectFound(driver, "a run whose message was moved"),
      ),
  ],
});
