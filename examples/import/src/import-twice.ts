import { basename, join } from "node:path";
import { createClient } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";
import { openDatabase } from "./database.ts";
import { importWorkflow } from "./import-workflow.ts";
import { KillPlan } from "./kill-plan.ts";
import { Ledger } from "./ledger.ts";
import { Progress } from "./progress.ts";
import { type Evidence, importStraightThrough, proveOnce, proveSame, proveUndone } from "./proof.ts";
import { formatReport } from "./report.ts";
import { supervise } from "./supervise.ts";
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

/** One import that is approved and one that is refused, at the same time. Gives the exit code. */
export async function importTwice({ input: file, rows, folder, kills }: Job): Promise<number> {
  const files = { store: join(folder, "workflows.db"), target: join(folder, "target.db") };
  const database = openDatabase(files.target);
  const target = new Target(database);
  const ledger = new Ledger(database);
  const store = sqliteStore(files.store);
  const worker = new WorkerProcess(files.store, files.target);
  const progress = new Progress();
  try {
    const startedAt = performance.now();
    process.stdout.write(
      `Importing ${basename(file)} twice: one import will be approved, the other refused.\n\n`,
    );
    progress.start(rows * 3);

    // This process only asks for the imports and answers them; the worker runs them.
    const client = createClient({ store });
    const workflow = importWorkflow({ target, ledger });
    const input = { file, rowsPerBatch: Math.ceil(rows / BATCHES) };
    const approved = await client.start(workflow, { workflowId: "approved", input });
    const refused = await client.start(workflow, { workflowId: "refused", input });

    const witness = new Witness(ledger);
    await supervise({
      rows,
      worker,
      target,
      ledger,
      progress,
      kills: new KillPlan(kills),
      decide: async () => {
        await approved.send("decision", { approved: true, by: "Ada" });
        await refused.send("decision", { approved: false, by: "Grace" });
      },
      look: async () => {
        for (const run of [approved, refused]) {
          const history = await run.history();
          witness.look(history);
          // It waits for an operator, whom it does not have here: this throws the reason.
          if (history.status === "paused") await run.result({ wait: false });
        }
      },
      ended: Promise.allSettled([approved.result(), refused.result()]),
      signal: interruption(),
    });
    progress.stop();
    await worker.stop();
    const durationMs = performance.now() - startedAt;

    const evidence = async (run: typeof approved): Promise<Evidence> => ({
      history: await run.history(),
      starts: ledger.starts(run.workflowId),
      witness,
      target,
    });
    const first = await evidence(approved);
    const second = await evidence(refused);
    const expected = await importStraightThrough(file, join(folder, "straight-through.db"));
    const claims = [
      await proveSame(first, expected),
      await proveUndone(second),
      ...proveOnce(first),
      ...proveOnce(second),
    ];
    process.stdout.write(
      formatReport({ claims, evidence: [first, second], kills: worker.kills, durationMs }),
    );
    return claims.every(({ fault }) => fault === undefined) ? 0 : 1;
  } finally {
    progress.stop();
    await worker.kill();
    await store.close();
    database.close();
  }
}

/** Ctrl-C and the like: what was begun is cleaned up first. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => controller.abort(new Error("interrupted")));
  }
  return controller.signal;
}
