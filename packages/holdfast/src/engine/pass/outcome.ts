import type { PauseReason } from "../../model/run.ts";

/** How a pass ended. */
export type PassOutcome =
  /** The output as it is stored. */
  | { readonly state: "completed"; readonly output: Uint8Array | null }
  | { readonly state: "failed"; readonly error: unknown }
  | { readonly state: "cancelled" }
  /** Parked: nothing left to do but wait; the pass can go on in place. */
  | {
      readonly state: "sleeping" | "rolling_back";
      readonly wakeAt: number | null;
      readonly wants: readonly string[] | null;
    }
  /** Stopped here, nothing lost. */
  | { readonly state: "evicted" }
  | { readonly state: "paused"; readonly reason: PauseReason; readonly error: unknown }
  /** This process does not own the run any more, or its storage failed: nothing further may be done here. */
  | { readonly state: "lost"; readonly error: unknown };

/** Who won: the cancellation, or what the run had come to before. */
export type CancelOutcome =
  | { readonly cancelled: true }
  | { readonly cancelled: false; readonly state: "completed" | "failed" | "cancelled" | "rolling_back" };
