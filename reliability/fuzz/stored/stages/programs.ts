import type { AnyWorkflow, Workflow } from "#holdfast/index.ts";
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

  named(name: Stage["workflow"]): Workflow<never, unknown> {
    return (name === "errand" ? this.errand : this.refund) as unknown as Workflow<never, unknown>;
  }

  get all(): readonly AnyWorkflow[] {
    return [this.errand, this.refund];
  }

  inputOf(stage: Stage, copy: number): unknown {
    return { n: copy, restMs: stage.restMs, builtUntil: GOES_ON_AT };
  }
}
