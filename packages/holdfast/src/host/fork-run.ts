import { forkedJournal } from "../engine/operators/fork.ts";
import { KeySpace } from "../history/key.ts";
import { WorkflowConflictError } from "../model/errors/run-errors.ts";
import { storedRun } from "./new-run.ts";
import type { RunReader } from "./run-reader.ts";
import type { StoreSession } from "./store-session.ts";

/**
 * Copies a run as it stood just before an entry to a new run of the same store, which is due at once.
 *
 * Invariants: the copy is one transaction (P3); it never takes the place of a run that is there.
 */
export async function forkInStore(
  session: StoreSession,
  reader: RunReader,
  to: { readonly from: string; readonly workflowId: string },
): Promise<void> {
  const source = await reader.journal();
  const bytes = source.single(KeySpace.input);
  const input = bytes === null ? undefined : await session.settings.codec.decode(bytes);
  const copy = storedRun(forkedJournal(session.settings, source, to), { status: "running", input });
  const { created, run } = await session.store.create(copy);
  if (created) return;
  throw new WorkflowConflictError(to.workflowId, {
    existing: `a run of workflow "${run.workflowName}" (${run.status})`,
    asked: `a fork of run "${reader.workflowId}"`,
  });
}
