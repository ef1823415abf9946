import type { CommitBatch, NewRun } from "../../storage/records.ts";
import type { Claim, ClaimOutcome, WorkflowStore } from "../../storage/store.ts";
import { batch, newRun } from "./samples.ts";

/** Creates a run that `owner` holds for ten seconds. */
export async function createClaimed(
  store: WorkflowStore,
  workflowId: string,
  parts: Partial<NewRun> = {},
): Promise<Claim> {
  const { claim } = await store.create(newRun(workflowId, parts), { owner: "owner", leaseMs: 10_000 });
  if (claim === null) throw new TypeError(`Run "${workflowId}" exists already.`);
  return claim;
}

/** Commits as the holder of a claim, following the stored revision. */
export async function commitAs(
  store: WorkflowStore,
  claim: Claim,
  parts: Partial<CommitBatch> = {},
): Promise<void> {
  const expectedRevision = (await store.get(claim.workflowId))?.revision ?? 0;
  await store.driver(claim).commit(batch({ epoch: claim.epoch, expectedRevision, ...parts }));
}

/** Creates a run and parks it. */
export async function createParked(
  store: WorkflowStore,
  workflowId: string,
  parts: Partial<CommitBatch> = {},
): Promise<void> {
  await commitAs(store, await createClaimed(store, workflowId), { status: "sleeping", ...parts });
}

/** Claims due runs for ten seconds. */
export function claimDue(
  store: WorkflowStore,
  options: { limit?: number; workflowNames?: readonly string[] | null; owner?: string } = {},
): Promise<ClaimOutcome> {
  const { limit = 99, workflowNames = null, owner = "owner" } = options;
  return store.claim({ owner, leaseMs: 10_000, limit, workflowNames });
}

/** The ids of the runs that are due, which are claimed by this look. */
export async function dueIds(store: WorkflowStore, limit = 99): Promise<string[]> {
  return (await claimDue(store, { limit })).claims.map(({ workflowId }) => workflowId);
}

/** Claims one run, due or not. */
export async function claimRun(
  store: WorkflowStore,
  workflowId: string,
  force = false,
): Promise<Claim | null> {
  const run = { workflowId, force };
  const { claims } = await store.claim({
    owner: "another",
    leaseMs: 10_000,
    limit: 1,
    workflowNames: null,
    run,
  });
  return claims[0] ?? null;
}
