import { GivenInput } from "../engine/live/given-input.ts";
import { Committer } from "../engine/pass/committer.ts";
import { newJournal, reportOf } from "../engine/pass/open-pass.ts";
import type { EngineSettings } from "../engine/pass/pass-settings.ts";
import type { Journal } from "../history/journal.ts";
import { loadJournal } from "../history/journal-load.ts";
import { KeySpace } from "../history/key.ts";
import { fingerprintOf } from "../host/fingerprint.ts";
import { checkWorkflowId } from "../model/check.ts";
import { CorruptionError } from "../model/errors/history-errors.ts";
import { FencedError } from "../model/errors/storage-errors.ts";
import type { WorkflowDefinition } from "../model/workflow.ts";
import { assertSameRun, type RunIdentity } from "../storage/admission.ts";
import type { EngineDriver } from "../storage/driver.ts";

/** A run that is to be there. */
export interface AskedStart {
  readonly workflowId: string;
  readonly definition: WorkflowDefinition;
  readonly input: unknown;
}

/**
 * Creates the run of a bare driver, to be run by whoever its storage wakes. A second start that asks for the same finds
 * the first; of several at once one creates.
 * @returns whether this start created it
 * @throws WorkflowConflictError, ValidationError, UnserializableValueError, LimitError, InvalidArgumentError
 */
export async function startRun(
  settings: EngineSettings,
  driver: EngineDriver,
  { workflowId, definition, input: given }: AskedStart,
): Promise<boolean> {
  checkWorkflowId(workflowId, settings.limits);
  const input = await new GivenInput(settings, definition, given).validated();
  const journal = await newJournal(settings, workflowId, { definition, input });
  const asked = identityOf(journal, input);
  if (await isThere()) return false;
  const creation = new Committer({
    journal,
    driver,
    epoch: 0,
    world: settings.world,
    report: reportOf(workflowId, settings),
    committed: () => {},
  });
  try {
    await creation.commit({ status: "pending" }, null);
    return true;
  } catch (error) {
    if (FencedError.is(error) && (await isThere())) return false;
    throw error;
  }

  async function isThere(): Promise<boolean> {
    const existing = (await loadJournal(workflowId, driver))?.journal;
    if (existing === undefined) return false;
    assertSameRun(identityOf(existing, await settings.codec.decode(storedInput(existing))), asked);
    return true;
  }
}

function identityOf(journal: Journal, input: unknown): RunIdentity {
  const { workflowId, header } = journal;
  const { workflowName } = header;
  const fingerprint = fingerprintOf({ workflowId, workflowName, input, encodedInput: storedInput(journal) });
  return { workflowId, workflowName, fingerprint };
}

function storedInput(journal: Journal): Uint8Array {
  const input = journal.single(KeySpace.input);
  if (input === null) throw new CorruptionError("missing", "", `run "${journal.workflowId}" has no input`);
  return input;
}
