import { DatabaseSync } from "node:sqlite";
import { createClient, type RunState, type WorkflowHandle } from "#holdfast/index.ts";
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
  const store = sqliteStore({ database });
  const client = createClient({ store });
  const due = database.prepare("SELECT due_at FROM holdfast_runs WHERE workflow_id = ?");
  const runs: StoredRun[] = [];
  try {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof client.list>> = await client.list({ cursor: cursor ?? null });
      cursor = page.nextCursor;
      for (const { workflowId, status, revision, epoch, wants } of page.runs) {
        const driver = store.driver({ workflowId, epoch: 0 });
        const handle = client.handle(workflowId);
        const queued = await driver.peekMessages(null, 10_000);
        runs.push({
          workflowId,
          status,
          revision,
          epoch,
          wants,
          dueAt: (due.get(workflowId) as { due_at: number | null }).due_at,
          pauseReason: status === "paused" ? await pauseReason(handle) : null,
          entries: await allEntries(workflowId, driver),
          queued: queued.map(({ id }) => id),
          seen: await seenBy(handle, status),
        });
      }
    }
    return runs;
  } finally {
    await store.close();
    database.close();
  }
}

type Driver = ReturnType<ReturnType<typeof sqliteStore>["driver"]>;

async function allEntries(run: string, driver: Driver): Promise<CommittedEntry[]> {
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
