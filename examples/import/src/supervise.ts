import { setTimeout } from "node:timers/promises";
import type { WorkflowHandle } from "holdfast";
import type { ImportMessages } from "./import-workflow.ts";
import type { KillPlan } from "./kill-plan.ts";
import type { Ledger } from "./ledger.ts";
import { Patience } from "./patience.ts";
import type { Progress } from "./progress.ts";
import type { Contents, Target } from "./target.ts";
import type { Witness } from "./witness.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** Between two looks at how things stand. */
const LOOK_MS = 100;
/** How long nothing may happen. */
const PATIENCE_MS = 30_000;

/** A run of the workflow, as this process sees it: it can be asked and answered, and runs elsewhere. */
export type ImportRun = WorkflowHandle<Contents, ImportMessages>;

/** Two imports of one file, and what is needed to watch them. */
export interface Work {
  readonly approved: ImportRun;
  readonly refused: ImportRun;
  /** Rows in the file. */
  readonly rows: number;
  readonly target: Target;
  readonly ledger: Ledger;
  readonly witness: Witness;
  readonly worker: WorkerProcess;
  readonly kills: KillPlan;
  readonly progress: Progress;
  /** Aborted when somebody wants the program to end. */
  readonly signal: AbortSignal;
}

/** Kills the worker and starts it again, and shows how far the work is, until both imports have ended. */
export async function supervise(work: Work): Promise<void> {
  const { approved, refused, rows, target, worker, kills, progress } = work;
  const patience = new Patience(PATIENCE_MS);
  // Both imports put all rows in; the refused one takes them out again.
  const total = rows * 3;
  let decided = false;
  let running = true;
  void Promise.allSettled([approved.result(), refused.result()]).then(() => {
    running = false;
  });
  progress.start(total);
  worker.start();
  while (running) {
    work.signal.throwIfAborted();
    worker.check();
    await lookAtHistories(work);
    const { arrived, undone } = target.moved();
    const phase = arrived < rows * 2 ? "importing" : undone === 0 ? "deciding" : "rolling back";
    progress.show(arrived + undone, { phase, kills: worker.kills });
    if (kills.due((arrived + undone) / total)) await worker.killAndRestart();
    if (!decided && arrived === rows * 2) {
      await approved.send("decision", { approved: true, by: "Ada" });
      await refused.send("decision", { approved: false, by: "Grace" });
      decided = true;
    }
    patience.expectMore(work.ledger.count());
    await setTimeout(LOOK_MS);
  }
  const { arrived, undone } = target.moved();
  progress.show(arrived + undone, { phase: "done", kills: worker.kills });
}

/** @throws the reason when an import cannot go on: it has no outcome that could be proved. */
async function lookAtHistories({ approved, refused, witness }: Work): Promise<void> {
  for (const run of [approved, refused]) {
    const history = await run.history();
    witness.look(history);
    const stuck = history.status === "paused" || (history.status === "failed" && run === approved);
    if (stuck) await run.result({ wait: false });
  }
}
