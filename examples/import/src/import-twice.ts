import { join } from "node:path";
import { createClient } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";
import { openDatabase } from "./database.ts";
import { importWorkflow } from "./import-workflow.ts";
import { interruption } from "./interruption.ts";
import { KillPlan } from "./kill-plan.ts";
import { Ledger } from "./ledger.ts";
import { Progress } from "./progress.ts";
import { type Evidence, importStraightThrough, prove } from "./proof.ts";
import type { Report } from "./report.ts";
import { type ImportRun, supervise } from "./supervise.ts";
import { Target } from "./target.ts";
import { Witness } from "./witness.ts";
import { WorkerProcess } from "./worker-process.ts";

/** However large the file is, this many batches make the work: enough to be killed among them. */
const BATCHES = 160;

/** What to import, and where to put the databases. */
export interface Job {
  readonly input: string;
  readonly rows: number;
  readonly folder: string;
  readonly kills: number;
}

/** One import that is approved and one that is refused, at the same time. Gives what it took, and what is proved. */
export async function importTwice({ input: file, rows, folder, kills }: Job): Promise<Report> {
  const files = { store: join(folder, "workflows.db"), target: join(folder, "target.db") };
  const database = openDatabase(files.target);
  const target = new Target(database);
  const ledger = new Ledger(database);
  const witness = new Witness(ledger);
  const store = sqliteStore(files.store);
  const worker = new WorkerProcess(files.store, files.target);
  const progress = new Progress();
  try {
    const startedAt = performance.now();

    // This process only asks for the imports and answers them; the worker runs them.
    const client = createClient({ store });
    const workflow = importWorkflow({ target, ledger });
    const input = { file, rowsPerBatch: Math.ceil(rows / BATCHES) };
    const approved = await client.start(workflow, { workflowId: "approved", input });
    const refused = await client.start(workflow, { workflowId: "refused", input });

    await supervise({
      ...{ approved, refused, rows, target, ledger, witness, worker, progress },
      kills: new KillPlan(kills),
      signal: interruption(),
    });
    await worker.stop();
    const durationMs = performance.now() - startedAt;

    const evidenceOf = async (run: ImportRun): Promise<Evidence> => ({
      history: await run.history(),
      starts: ledger.starts(run.workflowId),
      witness,
      target,
    });
    const evidence = { approved: await evidenceOf(approved), refused: await evidenceOf(refused) };
    const expected = await importStraightThrough(file, join(folder, "straight-through.db"));
    return {
      claims: await prove(evidence, expected),
      evidence: Object.values(evidence),
      kills: worker.kills,
      durationMs,
    };
  } finally {
    progress.stop();
    await worker.kill();
    await store.close();
    database.close();
  }
}
