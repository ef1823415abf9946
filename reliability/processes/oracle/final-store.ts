import { DatabaseSync } from "node:sqlite";
import {
  createClient,
  type EngineDriver,
  type RunState,
  type WorkflowHandle,
  type WorkflowStore,
} from "#holdfast/index.ts";
import { sqliteStore } from "#holdfast/sqlite.ts";
import type { CommittedEntry, Founded } from "../ledger/ledger-record.ts";
import { CommittedRows } from "../members/committed-rows.ts";
import { pauseReason } from "../members/run-end.ts";

/** A run as it is stored. */
export interface StoredRun {
  readonly workflowId: string;
  readonly status: RunState;
  readonly revision: number;
  readonly epoch: number;
  /** When it is due by itself; null: never. */
  readonly dueAt: number | null;
  readonly wants: readonly string[] | null;
  readonly pauseReason: string | null;
  readonly entries: readonly CommittedEntry[];
  /** Ids of queued messages. */
  readonly queued: readonly string[];
  /** What the program has seen, of an ended run; null when it tells nothing. */
  readonly seen: Founded | null;
}

/** Reads all runs of a file. What is damaged throws. */
export async function readStore(file: string): Promise<StoredRun[]> {
  const database = new DatabaseSync(file);
  try {
    const store = sqliteStore({ database });
    const client = createClient({ store });
    const due = database
      .prepare("SELECT workflow_id, due_at FROM holdfast_runs")
      .all() as unknown as DueRow[];
    const runs: StoredRun[] = [];
    for (const { workflow_id: workflowId, due_at: dueAt } of due) {
      runs.push(await readRun(client.handle(workflowId), { store, dueAt }));
    }
    await store.close();
    return runs;
  } finally {
    database.close();
  }
}

interface DueRow {
  readonly workflow_id: string;
  readonly due_at: number | null;
}

async function readRun(
  handle: WorkflowHandle,
  at: { readonly store: WorkflowStore; readonly dueAt: number | null },
): Promise<StoredRun> {
  const { store, dueAt } = at;
  const { workflowId } = handle;
  const record = await store.get(workflowId);
  if (record === null) throw new Error(`Run ${workflowId} has a row and is not found.`);
  const { status, revision, epoch, wants } = record;
  const driver = store.driver({ workflowId, epoch: 0 });
  const queued = await driver.peekMessages(null, MOST_MESSAGES);
  return {
    workflowId,
    status,
    revision,
    epoch,
    wants,
    dueAt,
    pauseReason: status === "paused" ? await pauseReason(handle) : null,
    entries: await allEntries(workflowId, driver),
    queued: queued.map(({ id }) => id),
    seen: await seenBy(handle, status),
  };
}

/** More than any run of the rig is sent. */
const MOST_MESSAGES = 10_000;

async function allEntries(run: string, driver: EngineDriver): Promise<CommittedEntry[]> {
  const rows = [];
  for (let after: Uint8Array | undefined; ; ) {
    const page = await driver.list(new Uint8Array(0), after === undefined ? {} : { after });
    if (page.length === 0) return new CommittedRows(run).read(rows);
    rows.push(...page);
    after = page.at(-1)?.key;
  }
}

async function seenBy(handle: WorkflowHandle, status: RunState): Promise<Founded | null> {
  // Reading the history checks every row of it.
  await handle.history();
  const end =
    status === "completed" ? await handle.getOutput() : status === "failed" ? await handle.getError() : null;
  return (end as { readonly seen?: Founded } | null)?.seen ?? null;
}
