import { encodeFailure } from "../../history/failure.ts";
import { decodeHeader, encodeHeader } from "../../history/header.ts";
import { loadJournal } from "../../history/journal-load.ts";
import { KeySpace } from "../../history/key.ts";
import { runTagOf } from "../../history/run-tag.ts";
import type { World } from "../../model/clock.ts";
import { LimitError } from "../../model/errors/argument-errors.ts";
import { CorruptionError } from "../../model/errors/history-errors.ts";
import { isTerminal, type PauseReason } from "../../model/run.ts";
import type { EngineDriver } from "../../storage/driver.ts";
import type { EncodedHeader, RunImage } from "../../storage/records.ts";
import { formatUuid } from "../replay/draws.ts";
import type { Report } from "../replay/report.ts";
import { Committer } from "./committer.ts";
import type { PassClaim } from "./pass-settings.ts";

/** Whose run is held, and how it is written. */
export interface HoldSetup {
  readonly workflowId: string;
  readonly claim: PassClaim;
  readonly world: World;
  readonly report: Report;
}

/**
 * Parks a run until an operator says `resume`, with the reason stored. Of the pass that found the reason nothing is
 * written (P6): the run is read again and only its status changes. A run whose bytes are damaged keeps them as they
 * are, so that they can be mended.
 */
export async function holdRun(setup: HoldSetup, reason: PauseReason, error: unknown): Promise<void> {
  const { workflowId, claim } = setup;
  try {
    const loaded = await loadJournal(workflowId, claim.driver);
    if (loaded === null || isTerminal(loaded.journal.header.status)) return;
    const { journal } = loaded;
    if (error !== null) journal.setSingle(KeySpace.hold, encodeFailure(error));
    const committer = new Committer({
      ...setup,
      journal,
      driver: claim.driver,
      epoch: claim.epoch,
      committed: () => {},
    });
    await committer.commit({ status: "paused", pause: reason }, null);
  } catch (problem) {
    // Where there is no room for the error, the reason alone is told: it stands in the header.
    if (LimitError.is(problem) && error !== null) return holdRun(setup, reason, null);
    if (!CorruptionError.is(problem)) throw problem;
    await holdDamaged(setup);
  }
}

/**
 * The header of a damaged run that is held: what can be read of it stays as it was, its distance to the revision that
 * the storage knows included, so that nothing looks sound that was not.
 */
function heldHeader(runTag: number, stored: EncodedHeader): EncodedHeader {
  try {
    const header = decodeHeader(runTag, stored);
    return encodeHeader(runTag, {
      ...header,
      status: "paused",
      pause: "corruption",
      revision: header.revision + 1,
    });
  } catch (error) {
    if (CorruptionError.is(error)) return stored;
    throw error;
  }
}

/**
 * Whether there is nothing to hold: a run that has ended stays as it ended (P10), and one that is held stays as it is, so
 * that what is put back later fits.
 */
function isSettled(runTag: number, { header, schedule }: RunImage): boolean {
  if (schedule !== undefined && (schedule.status === "paused" || isTerminal(schedule.status))) return true;
  try {
    return isTerminal(decodeHeader(runTag, header).status);
  } catch (error) {
    if (CorruptionError.is(error)) return false;
    throw error;
  }
}

/** Null when there is nothing that could be held: not even that there is a run can be read. */
async function readable(driver: EngineDriver): Promise<RunImage | null> {
  try {
    return await driver.load();
  } catch (error) {
    if (CorruptionError.is(error)) return null;
    throw error;
  }
}

async function holdDamaged({ workflowId, claim, world }: HoldSetup): Promise<void> {
  const image = await readable(claim.driver);
  if (image === null || isSettled(runTagOf(workflowId), image)) return;
  await claim.driver.commit({
    batchId: formatUuid(world.random.bytes(16)),
    epoch: claim.epoch,
    expectedRevision: image.revision,
    header: heldHeader(runTagOf(workflowId), image.header),
    status: "paused",
    wakeAt: null,
    wants: null,
    puts: [],
    deletes: [],
    deleteRanges: [],
    consume: [],
    complete: [],
    send: [],
    spawn: [],
  });
}
