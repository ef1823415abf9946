import type { PassOutcome } from "../engine/pass/outcome.ts";

/** What a claim has come to, for the host that held it. */
export interface ClaimEnd {
  /** Whether the run may become due again without anybody's doing: it has not ended, and waits not for messages alone. */
  readonly comesDueByItself: boolean;
  /** The output as it is stored, where the last commit of this claim completed the run. */
  readonly completedWith: Uint8Array | null;
}

/** `gaveUp`: the last commit gave up the claim. One that kept it did not end the run: it had ended before. */
export function claimEnd(outcome: PassOutcome, gaveUp: boolean): ClaimEnd {
  switch (outcome.state) {
    case "completed":
      return { comesDueByItself: false, completedWith: gaveUp ? outcome.output : null };
    case "failed":
    case "cancelled":
      return { comesDueByItself: false, completedWith: null };
    case "sleeping":
      return { comesDueByItself: outcome.wakeAt !== null, completedWith: null };
    default:
      return { comesDueByItself: true, completedWith: null };
  }
}
