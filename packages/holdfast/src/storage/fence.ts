import { FencedError } from "../model/errors/storage-errors.ts";
import type { CommitBatch } from "./records.ts";
import type { RunRow } from "./run-row.ts";

/** Whom a driver commits for. */
export interface Holder {
  readonly workflowId: string;
  /** The claim's epoch; 0 for a bare driver. */
  readonly epoch: number;
  /** A bare driver has no claims: the expected revision alone keeps a second runner out. */
  readonly bare: boolean;
}

/**
 * Throws `FencedError` unless the batch comes from the run's holder and follows the stored revision (P4). A lease that
 * ended but was taken by nobody still commits: epochs fence, not clocks. A claim that was given up commits nothing.
 */
export function assertHolder(
  run: RunRow | null,
  batch: Pick<CommitBatch, "epoch" | "expectedRevision">,
  holder: Holder,
): void {
  const problem = fenceProblem(run, batch, holder);
  if (problem !== null) throw new FencedError(holder.workflowId, problem);
}

function fenceProblem(
  run: RunRow | null,
  batch: Pick<CommitBatch, "epoch" | "expectedRevision">,
  holder: Holder,
): string | null {
  if (batch.epoch !== holder.epoch)
    return `the batch is of epoch ${batch.epoch}, the driver of epoch ${holder.epoch}`;
  if (run === null && !holder.bare) return "the run was deleted";
  const epoch = run?.epoch ?? 0;
  if (epoch !== batch.epoch) return `it holds epoch ${batch.epoch}, the store is at epoch ${epoch}`;
  if (!holder.bare && run?.lease === null) return `its claim of epoch ${batch.epoch} was given up`;
  const revision = run?.revision ?? 0;
  if (revision !== batch.expectedRevision) {
    return `the commit follows revision ${batch.expectedRevision}, the store is at revision ${revision}`;
  }
  return null;
}
