import { setForkedAt } from "../../history/forked-at.ts";
import { EMPTY_DIGEST } from "../../history/header.ts";
import { Journal } from "../../history/journal.ts";
import { KeySpace } from "../../history/key.ts";
import type { Place } from "../../history/place.ts";
import { inheritSeeds } from "../../history/seeds.ts";
import { checkWorkflowId } from "../../model/check.ts";
import type { EngineDriver } from "../../storage/driver.ts";
import { Committer } from "../pass/committer.ts";
import { reportOf } from "../pass/open-pass.ts";
import type { EngineSettings } from "../pass/pass-settings.ts";
import { forgetFrom } from "./rewind.ts";

/**
 * Copies a run as it stood just before the entry `from` to a new run on another driver, which is due at once. The copy
 * has the same input; what was drawn before is drawn again, and nothing of what the source drew later. The source journal is used up.
 * @throws InvalidArgumentError, RunStateError, and FencedError when the new run exists already
 */
export async function forkRun(
  settings: EngineSettings,
  source: Journal,
  to: { from: string; workflowId: string; driver: EngineDriver },
): Promise<void> {
  const copy = forkedJournal(settings, source, to);
  const committer = new Committer({
    journal: copy,
    driver: to.driver,
    epoch: 0,
    world: settings.world,
    report: reportOf(to.workflowId, settings),
    committed: () => {},
  });
  await committer.commit({ status: "sleeping", wakeAt: settings.world.clock.now() }, null);
}

/** The journal of the new run, nothing of it stored yet. */
export function forkedJournal(
  settings: EngineSettings,
  source: Journal,
  to: { from: string; workflowId: string },
): Journal {
  checkWorkflowId(to.workflowId, settings.limits);
  forgetFrom(source, to.from);
  const header = {
    ...source.header,
    epoch: 0,
    revision: 0,
    digest: EMPTY_DIGEST,
    seed: settings.world.random.bytes(16),
    checkpointAt: source.checkpointAt,
    rollback: "none" as const,
    pause: null,
  };
  const copy = new Journal(to.workflowId, header);
  for (const name of source.names) copy.nameIndex(name);
  for (const place of source.root.entries()) copy.write(samePlace(copy, place), place.entry);
  copy.setSingle(KeySpace.input, source.single(KeySpace.input));
  inheritSeeds(copy, source);
  setForkedAt(copy, settings.world.clock.now());
  return copy;
}

function samePlace(copy: Journal, place: Place): Place {
  if (place.parent === null || place.segment === null) return copy.root;
  return samePlace(copy, place.parent).child(place.segment);
}
