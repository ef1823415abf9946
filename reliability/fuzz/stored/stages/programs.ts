import { type AnyWorkflow, createClient, type WorkflowHandle, type WorkflowStore } from "#holdfast/index.ts";
import type { VirtualClock } from "#holdfast/testing.ts";
import { numberedSeed } from "../../../../simulator/random/prng.ts";
import { seededRandom } from "../seeded-random.ts";
import { GOES_ON_AT } from "../times.ts";
import { errandOf } from "./errand.ts";
import { Ledger } from "./ledger.ts";
import { refundOf } from "./refund.ts";
import type { Stage } from "./stage.ts";

/** The workflows whose runs are damaged, and the ledger of what their bodies did. */
export class Programs {
  readonly ledger = new Ledger();
  readonly errand = errandOf(this.ledger);
  readonly refund = refundOf(this.ledger);

  get all(): readonly AnyWorkflow[] {
    return [this.errand, this.refund];
  }

  inputOf(stage: Stage, copy: number): unknown {
    return { n: copy, restMs: stage.restMs, builtUntil: GOES_ON_AT };
  }

  /** Starts a run that nobody here takes up. */
  async startElsewhere(
    store: WorkflowStore,
    clock: VirtualClock,
    run: { readonly stage: Stage; readonly workflowId: string; readonly input: unknown },
  ): Promise<WorkflowHandle> {
    const { stage, workflowId, input } = run;
    const random = seededRandom(numberedSeed(0), workflowId);
    const client = createClient({ store, clock, scheduler: clock.scheduler, random });
    return client.start(stage.workflow, { workflowId, input });
  }
}
