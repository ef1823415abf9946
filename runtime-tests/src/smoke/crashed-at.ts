import type { SmokeRun } from "./smoke-run.ts";

/** Starts the run, kills its process when `what` is noted, and takes the run up again. */
export const crashedAt =
  (what: string) =>
  async (run: SmokeRun): Promise<unknown> => {
    run.start();
    await run.noted(what);
    await run.crash();
    return run.outcome();
  };
