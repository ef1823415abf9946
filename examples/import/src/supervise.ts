import { setTimeout } from "node:timers/promises";
import type { KillPlan } from "./kill-plan.ts";
import type { Ledger } from "./ledger.ts";
import type { Progress } from "./progress.ts";
import type { Target } from "./target.ts";
import type { WorkerProcess } from "./worker-process.ts";

const LOOK_MS = 100;
const PATIENCE_MS = 30_000;

/** Two imports of one file, and what is needed to watch them. */
export interface Work {
  readonly rows: number;
  readonly worker: WorkerProcess;
  readonly kills: KillPlan;
  readonly target: Target;
  readonly ledger: Ledger;
  readonly progress: Progress;
  /** Called once, when the rows of both imports are there. */
  readonly decide: () => Promise<unknown>;
  /** Called again and again. */
  readonly look: () => Promise<void>;
  /** Settles when both imports have ended. */
  readonly ended: Promise<unknown>;
  readonly signal: AbortSignal;
}

/** Kills the worker and starts it again, and shows how far the work is, until both imports have ended. */
export async function supervise({
  rows,
  worker,
  kills,
  target,
  ledger,
  progress,
  ...work
}: Work): Promise<void> {
  // Both imports put all rows in; the refused one takes them out again.
  const total = rows * 3;
  const watch = new Patience();
  let decided = false;
  let running = true;
  void work.ended.finally(() => {
    running = false;
  });
  worker.start();
  while (running) {
    work.signal.throwIfAborted();
    worker.check();
    await work.look();
    const { arrived, undone } = target.moved();
    const phase = arrived < rows * 2 ? "importing" : undone === 0 ? "deciding" : "rolling back";
    progress.show(arrived + undone, { phase, kills: worker.kills });
    if (kills.due((arrived + undone) / total)) await worker.killAndRestart();
    if (!decided && arrived === rows * 2) {
      decided = true;
      await work.decide();
    }
    watch.expectMore(ledger.count());
    await setTimeout(LOOK_MS);
  }
  const { arrived, undone } = target.moved();
  progress.show(arrived + undone, { phase: "done", kills: worker.kills });
}

/** Notices when nothing happens any more. */
class Patience {
  #seen = 0;
  #since = performance.now();

  /** @throws Error when the number has stayed the same for too long. */
  expectMore(seen: number): void {
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#since = performance.now();
    }
    if (performance.now() - this.#since > PATIENCE_MS)
      throw new Error(`nothing has happened for ${PATIENCE_MS / 1_000} s`);
  }
}
