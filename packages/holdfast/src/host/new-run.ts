import { GivenInput } from "../engine/live/given-input.ts";
import { newJournal } from "../engine/pass/open-pass.ts";
import { encodeHeader } from "../history/header.ts";
import type { Journal } from "../history/journal.ts";
import { KeySpace } from "../history/key.ts";
import { checkWorkflowId } from "../model/check.ts";
import { CorruptionError } from "../model/errors/history-errors.ts";
import type { RunState } from "../model/run.ts";
import type { WorkflowDefinition } from "../model/workflow.ts";
import type { NewRun, RunImage } from "../storage/records.ts";
import type { Claim } from "../storage/store.ts";
import { fingerprintOf, type RunIdentity } from "./fingerprint.ts";
import type { StoreSession } from "./store-session.ts";

/** What is to be started. */
export interface RunDraft {
  readonly workflowId: string;
  readonly definition: WorkflowDefinition;
  readonly input: unknown;
}

/**
 * A run as the store creates it: checked, its input validated and encoded. Nothing is written.
 * @throws InvalidArgumentError, LimitError, ValidationError, UnserializableValueError
 */
export async function newRun(session: StoreSession, draft: RunDraft): Promise<NewRun> {
  const { settings } = session;
  const { workflowId, definition } = draft;
  checkWorkflowId(workflowId, settings.limits);
  const drafted = new GivenInput(settings, definition, draft.input);
  const input = await drafted.validated();
  const journal = await newJournal(settings, workflowId, { definition, input });
  if (definition.input === undefined) return storedRun(journal, { status: "pending", input });
  const { value, encoded } = await drafted.asGiven();
  return storedRun(journal, { status: "pending", input, given: { input: value, encodedInput: encoded } });
}

/** A journal of which nothing is stored yet, as the store creates it. */
export function storedRun(
  journal: Journal,
  run: { readonly status: RunState } & Pick<RunIdentity, "input" | "given">,
): NewRun {
  const { workflowId } = journal;
  const encodedInput = journal.single(KeySpace.input);
  if (encodedInput === null) throw new CorruptionError("missing", "", `run "${workflowId}" has no input`);
  const writes = journal.takeWriteSet();
  const { digest, sequence, lastTime } = writes;
  // The creation is the run's first commit.
  const header = {
    ...journal.header,
    status: run.status,
    wakeAt: null,
    revision: 1,
    digest,
    sequence,
    lastTime,
  };
  const { workflowName, workflowVersion, createdAt } = header;
  return {
    workflowId,
    workflowName,
    workflowVersion,
    fingerprint: fingerprintOf({ ...run, workflowId, workflowName, encodedInput }),
    header: encodeHeader(journal.runTag, header),
    status: run.status,
    wakeAt: null,
    entries: writes.puts,
    createdAt,
  };
}

/** The run as it is stored once it is created and belongs to its creator: what a load would give. */
export function imageOf(run: NewRun, { revision, epoch }: Claim): RunImage {
  const { header, entries, status, wakeAt } = run;
  const schedule = { status, wakeAt, wants: null };
  return { header, revision, epoch, claimsWithoutCommit: 1, entries, complete: true, schedule };
}
