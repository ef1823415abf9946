import { Committer, reportOf } from "holdfast/embedding";
import { RUN_ID } from "../driver/run-id.ts";
import type { EngineDriver as HostDriver } from "../model/driver.ts";
import type { OperatedRun } from "../run/operate.ts";
import { deleteRecordedRun, readRecordedRun } from "../storage-io.ts";
import { journalOf } from "./journal-of.ts";

/**
 * Takes a run over that RivetKit's own engine has recorded: its history is written anew in one commit, and then removed.
 * One way: what that engine would need is gone. A process that dies in between leaves one history or both, and the new
 * one counts.
 */
export async function takeOver(host: HostDriver, { driver, settings }: OperatedRun): Promise<void> {
  if ((await driver.readState()) !== null) return;
  const recorded = await readRecordedRun(host);
  if (recorded === null) return;
  const now = settings.world.clock.now();
  const { journal, intent, held } = journalOf(recorded, { now, seed: settings.world.random.bytes(16) });
  driver.messages.hold(held);
  const committer = new Committer({
    journal,
    driver,
    epoch: 0,
    world: settings.world,
    report: reportOf(RUN_ID, settings),
    committed: () => {},
  });
  await committer.commit(intent, null);
  await deleteRecordedRun(host);
}
