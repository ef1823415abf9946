import type { Claim, ClaimOutcome, ClaimRequest, WorkflowStore } from "#holdfast/index.ts";
import { machineTime } from "../ledger/ledger-client.ts";
import { CommittedRows } from "./committed-rows.ts";
import { watchedBy } from "./outages.ts";
import { recordedDriver } from "./recorded-driver.ts";
import type { World } from "./world.ts";

type Recorder = Pick<World, "ledger" | "failpoints" | "claims">;

/** Before a call of the store. */
interface Asked {
  readonly askedAt: number;
  readonly askedWall: number;
}

function now(): Asked {
  return { askedAt: machineTime(), askedWall: Date.now() };
}

/** A store whose claims, renewals, releases and commits are in the ledger, and which passes the failpoints. */
export function recordedStore(store: WorkflowStore, world: Recorder): WorkflowStore {
  const { ledger, failpoints, claims } = world;
  const rows = new RowsByRun();
  const watched = watchedBy(world);

  async function recordClaim(claim: Claim, asked: Asked, forced: boolean): Promise<void> {
    const { workflowId: run, epoch, revision, leaseMs } = claim;
    claims.claimed(run, epoch);
    await ledger.append({ type: "claim", run, epoch, ...asked, revision, leaseMs, forced });
  }

  async function claim(request: ClaimRequest): Promise<ClaimOutcome> {
    failpoints.pass("claim.before");
    const asked = now();
    const outcome = await watched("claim", () => store.claim(request));
    if (outcome.claims.length > 0) failpoints.pass("claim.after");
    await Promise.all(outcome.claims.map((one) => recordClaim(one, asked, request.run?.force === true)));
    return outcome;
  }

  return {
    async create(run, by) {
      failpoints.pass("create.before");
      const asked = now();
      const outcome = await watched("create", () => store.create(run, by));
      failpoints.pass("create.after");
      if (outcome.claim !== null) await recordClaim(outcome.claim, asked, false);
      return outcome;
    },
    claim,
    async renew(owner, renewed) {
      const asked = now();
      const outcomes = await watched("renew", () => store.renew(owner, renewed));
      failpoints.pass("renew.after");
      const held = outcomes.filter((outcome) => outcome.held);
      await Promise.all(
        held.map(({ workflowId: run, epoch }) => {
          const leaseMs = renewed.find((one) => one.workflowId === run)?.leaseMs ?? 0;
          return ledger.append({ type: "renew", run, epoch, ...asked, leaseMs });
        }),
      );
      return outcomes;
    },
    async release(released) {
      failpoints.pass("release.before");
      await ledger.append({ type: "release", run: released.workflowId, epoch: released.epoch });
      await watched("release", () => store.release(released));
      failpoints.pass("release.after");
    },
    driver({ workflowId: run, epoch }) {
      const driver = store.driver({ workflowId: run, epoch });
      return recordedDriver(driver, { run, epoch, rows: rows.of(run) }, world);
    },
    async enqueue(workflowId, message, claimant) {
      failpoints.pass("enqueue.before");
      const asked = now();
      const claimed = await watched("enqueue", () => store.enqueue(workflowId, message, claimant));
      failpoints.pass("enqueue.after");
      if (claimed !== null) await recordClaim(claimed, asked, false);
      return claimed;
    },
    get: (workflowId) => store.get(workflowId),
    list: (query) => store.list(query),
    response: (workflowId, messageId) => store.response(workflowId, messageId),
    request: (workflowId, what) => store.request(workflowId, what),
    delete: (workflowId, epoch) => store.delete(workflowId, epoch),
    wait: (topic, signal) => store.wait(topic, signal),
    statistics: () => store.statistics(),
    close: () => store.close(),
  };
}

class RowsByRun {
  readonly #rows: Map<string, CommittedRows> = new Map();

  of(run: string): CommittedRows {
    const known = this.#rows.get(run) ?? new CommittedRows(run);
    this.#rows.set(run, known);
    return known;
  }
}
