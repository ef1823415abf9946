import type { Clock } from "../model/clock.ts";
import { FencedError } from "../model/errors/storage-errors.ts";
import type { Claim, HolderRequest } from "../storage/store.ts";

/** Who is told about a lease. */
export interface LeaseHolder {
  /** The lease is over or the claim was taken: nothing further may be started or written. Called at most once. */
  readonly lost: (error: FencedError) => void;
  /** Somebody asked for this. */
  readonly requested: (what: HolderRequest) => void;
}

/** Shares of a lease: when it is renewed, when a failed renewal is tried again, when the run is stopped for safety. */
const RENEW_AFTER = 1 / 3;
const RETRY_AFTER = 1 / 6;
const STOP_AFTER = 5 / 6;

/**
 * Owns: one claim's lease as this process reckons it: by its own monotonic clock, from before the claim or renewal was
 * asked for, and with a margin of a sixth.
 * Does not own: renewals (lease-keeper.ts).
 * Invariants: it is over here before it is over in the store, whatever the wall clocks say (P4).
 */
export class Lease {
  readonly claim: Claim;
  readonly #clock: Clock;
  readonly #holder: LeaseHolder;
  #renewAt: number;
  #stopAt: number;
  #state: "held" | "ran-out" | "lost" | "given-up" = "held";

  /** `since`: the monotonic time before the claim was asked for. */
  constructor(
    claim: Claim,
    at: { readonly clock: Clock; readonly since: number; readonly holder: LeaseHolder },
  ) {
    this.claim = claim;
    this.#clock = at.clock;
    this.#holder = at.holder;
    this.#renewAt = at.since + claim.leaseMs * RENEW_AFTER;
    this.#stopAt = at.since + claim.leaseMs * STOP_AFTER;
  }

  get held(): boolean {
    return this.#state === "held";
  }

  /** Whether its time is over, as far as is known here, and nobody is known to have taken the claim. */
  get ranOut(): boolean {
    return this.#state === "ran-out";
  }

  /** When something is to be done about it, by the monotonic clock. */
  get nextAt(): number {
    return Math.min(this.#renewAt, this.#stopAt);
  }

  /** Whether a renewal is worth asking for, now that others are: at half of its time or later. */
  get wantsRenewal(): boolean {
    return this.held && this.#clock.monotonic() >= this.#renewAt - (this.claim.leaseMs * RENEW_AFTER) / 2;
  }

  /** A renewal is asked for; if nothing comes of it, it is asked for again. */
  renewing(): void {
    this.#renewAt = this.#clock.monotonic() + this.claim.leaseMs * RETRY_AFTER;
  }

  /** A renewal that was asked for at `since` was granted. */
  renewed(since: number): void {
    this.#renewAt = Math.max(this.#renewAt, since + this.claim.leaseMs * RENEW_AFTER);
    this.#stopAt = Math.max(this.#stopAt, since + this.claim.leaseMs * STOP_AFTER);
  }

  requested(what: HolderRequest): void {
    if (this.held) this.#holder.requested(what);
  }

  /** Looks at the clock: when the time is over, so is the lease. A timer may fire late, so others look too. */
  check(): void {
    if (this.#clock.monotonic() < this.#stopAt) return;
    this.#end(
      "ran-out",
      "its lease could not be renewed in time (a blocked event loop, or a storage that does not answer)",
    );
  }

  /** The claim was taken. */
  lose(details: string): void {
    this.#end("lost", details);
  }

  #end(state: "ran-out" | "lost", details: string): void {
    if (!this.held) return;
    this.#state = state;
    this.#holder.lost(new FencedError(this.claim.workflowId, details));
  }

  /** Nothing more is done under this claim. */
  giveUp(): void {
    if (this.held || this.ranOut) this.#state = "given-up";
  }
}
