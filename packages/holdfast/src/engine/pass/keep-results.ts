import type { Control } from "./control.ts";
import type { Execution } from "./execution.ts";

/** A pass that cannot go on, but may still commit. */
export interface BrokenPass {
  readonly execution: Execution;
  readonly control: Pick<Control, "hurried">;
  /** Commits what no commit has. */
  readonly store: () => Promise<void>;
}

/**
 * What bodies have come to, and what those come to that still run, is not lost with a pass that `error` ends: else they would run
 * again (P2).
 */
export async function keepResults({ execution, control, store }: BrokenPass, error: unknown): Promise<void> {
  const { bodies, live, report, wakeup } = execution;
  if (!live) return;
  try {
    await store();
    if (bodies.running > 0) report.warn("the run cannot go on here; its steps are let end", { error });
    while (bodies.running > 0 && !control.hurried) {
      await wakeup.wait();
      await store();
    }
    // What came while the last commit was under way.
    await store();
  } catch {
    // The first error is the one to tell.
  }
}
