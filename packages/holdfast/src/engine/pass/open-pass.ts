import { EMPTY_DIGEST, type RunHeader } from "../../history/header.ts";
import { Journal } from "../../history/journal.ts";
import { type LoadedRun, loadJournal } from "../../history/journal-load.ts";
import { KeySpace } from "../../history/key.ts";
import { CorruptionError, CrashLoopError } from "../../model/errors/history-errors.ts";
import { FencedError } from "../../model/errors/storage-errors.ts";
import type { WorkflowDefinition } from "../../model/workflow.ts";
import { Payloads } from "../replay/payloads.ts";
import { Report } from "../replay/report.ts";
import { CrashCount } from "./crash-count.ts";
import { holdRun } from "./hold.ts";
import type { PassOutcome } from "./outcome.ts";
import type { EngineSettings, PassSettings } from "./pass-settings.ts";
import { patientRead } from "./patient-read.ts";
import { reopen } from "./reopen.ts";
import { RunPass } from "./run-pass.ts";

/**
 * Owns: how a pass begins: reading the run, or making a new one; what is too damaged to be run is held.
 */

/** Starts beyond the crash budget with which a run may still be replayed, to name the steps that would start. */
const REPLAY_GRACE = 3;

/** A pass, or why there is none. */
export type OpenedPass = { readonly pass: RunPass } | { readonly outcome: PassOutcome };

/** @throws FencedError, StorageError, UnserializableValueError, LimitError (of a new run's input) */
export async function openPass(settings: PassSettings): Promise<OpenedPass> {
  const report = reportOf(settings.workflowId, settings);
  const hold = { workflowId: settings.workflowId, claim: settings.claim, world: settings.world, report };
  let loaded: LoadedRun | null;
  try {
    loaded = await patientRead(settings.world.clock, () =>
      loadJournal(settings.workflowId, settings.claim.driver),
    );
  } catch (error) {
    if (!CorruptionError.is(error)) throw error;
    await holdRun(hold, "corruption", error);
    return { outcome: { state: "paused", reason: "corruption", error } };
  }
  assertHeld(settings, loaded);
  if (loaded === null) {
    const journal = await settings.create();
    if (journal === null) return { outcome: { state: "evicted" } };
    settings.opened?.(journal);
    return {
      pass: new RunPass({
        settings,
        journal,
        report,
        crashes: new CrashCount(journal, { starts: 0, committed: true }),
        schedule: null,
      }),
    };
  }
  const { image, journal } = loaded;
  if (settings.reopens === true) reopen(journal);
  beginAt(journal, settings.claim.now());
  settings.opened?.(journal);
  const claimed = settings.claim.epoch > 0;
  // The claim that is running now has not failed yet.
  const starts = claimed ? image.claimsWithoutCommit - 1 : journal.header.barrenStarts;
  if (starts > settings.limits.crashBudget + REPLAY_GRACE) {
    const error = new CrashLoopError(settings.workflowId, starts, []);
    await holdRun(hold, "crash-loop", error);
    return { outcome: { state: "paused", reason: "crash-loop", error } };
  }
  return {
    pass: new RunPass({
      settings,
      journal,
      report,
      crashes: new CrashCount(journal, { starts, committed: !claimed }),
      schedule: image.schedule ?? null,
    }),
  };
}

/** Nothing that a run did comes before its creation: the clock of whoever started it may be ahead of the storage's. */
function beginAt(journal: Journal, now: number): void {
  const { header } = journal;
  if (journal.root.recorded || header.createdAt <= now) return;
  journal.header = { ...header, createdAt: now, lastTime: now };
  journal.lastTime = now;
}

/** A claim that was taken before the run was read is known as lost at once, not with the first commit (P4). */
function assertHeld({ workflowId, claim }: PassSettings, loaded: LoadedRun | null): void {
  if (claim.epoch === 0 || loaded?.image.epoch === claim.epoch) return;
  const stored = loaded === null ? "the run was deleted" : `the store is at epoch ${loaded.image.epoch}`;
  throw new FencedError(workflowId, `it holds epoch ${claim.epoch}, and ${stored}`);
}

/** A report for one run. */
export function reportOf(workflowId: string, settings: EngineSettings): Report {
  const { logger, observers, onError, world } = settings;
  return new Report({ workflowId, now: () => world.clock.now(), logger, observers, onError });
}

/** What a new run is. */
export interface NewRunDetails {
  readonly definition: WorkflowDefinition;
  readonly input: unknown;
}

/** The journal of a run that is not stored yet: its header and its input. */
export async function newJournal(
  settings: EngineSettings,
  workflowId: string,
  run: NewRunDetails,
): Promise<Journal> {
  const journal = unbornJournal(settings, workflowId, run.definition);
  const payloads = new Payloads({
    codec: settings.codec,
    maximum: settings.limits.payloadBytes,
    retry: () => null,
    broken: () => {},
  });
  journal.setSingle(KeySpace.input, await payloads.encodeOrFail(run.input, "input"));
  return journal;
}

/** The same without an input: for a run that nothing is to come of. */
export function unbornJournal(
  settings: EngineSettings,
  workflowId: string,
  definition: WorkflowDefinition,
): Journal {
  const createdAt = settings.world.clock.now();
  const header: RunHeader = {
    status: "pending",
    epoch: 0,
    revision: 0,
    sequence: 0,
    wakeAt: null,
    workflowName: definition.name,
    workflowVersion: definition.version ?? null,
    createdAt,
    lastTime: createdAt,
    seed: settings.world.random.bytes(16),
    digest: EMPTY_DIGEST,
    rollback: "none",
    pause: null,
    barrenStarts: 0,
    checkpointAt: 0,
  };
  return new Journal(workflowId, header);
}
