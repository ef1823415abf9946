import type { Claim, RenewOutcome } from "../storage/store.ts";
import { Lease, type LeaseHolder } from "./lease.ts";
import type { StoreSession } from "./store-session.ts";

/**
 * Owns: the renewal of all leases of a host, in one call for those that are due at about the same time, apart from user
 * work and from each other's fate.
 * Does not own: what a lost lease means for a run (hosted-run.ts).
 * Invariants: a renewal that fails, or is late, ends a lease here before it ends in the store (P4, I12); at most one
 * timer exists, and none when nothing is held.
 */
export class LeaseKeeper {
  readonly #session: StoreSession;
  readonly #leases: Set<Lease> = new Set();
  #timer: { readonly at: number; readonly cancel: () => void } | null = null;

  constructor(session: StoreSession) {
    this.#session = session;
  }

  /** Keeps a claim's lease; `since` is the monotonic time before the claim was asked for. */
  hold(claim: Claim, since: number, holder: LeaseHolder): Lease {
    const lease = new Lease(claim, { clock: this.#session.settings.world.clock, since, holder });
    this.#leases.add(lease);
    this.#armFor(lease.nextAt);
    return lease;
  }

  /** The claim was given up or is about to be. */
  drop(lease: Lease): void {
    lease.giveUp();
    this.#leases.delete(lease);
    if (this.#leases.size === 0) this.#disarm();
  }

  /** The host has stopped. */
  stop(): void {
    for (const lease of [...this.#leases]) this.drop(lease);
  }

  #arm(): void {
    let at = Number.POSITIVE_INFINITY;
    for (const lease of this.#leases) at = Math.min(at, lease.nextAt);
    this.#armFor(at);
  }

  /** One lease more costs no look at the others. */
  #armFor(at: number): void {
    if (this.#timer !== null && this.#timer.at <= at) return;
    this.#disarm();
    if (at === Number.POSITIVE_INFINITY) return;
    const { clock } = this.#session.settings.world;
    const cancel = clock.setTimer(Math.max(0, at - clock.monotonic()), () => this.#tick());
    this.#timer = { at, cancel };
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #tick(): void {
    this.#timer = null;
    for (const lease of [...this.#leases]) {
      lease.check();
      if (!lease.held) this.#leases.delete(lease);
    }
    const due = [...this.#leases].filter((lease) => lease.wantsRenewal);
    if (due.length > 0) void this.#renew(due);
    this.#arm();
  }

  async #renew(leases: readonly Lease[]): Promise<void> {
    const { store, owner, settings, log } = this.#session;
    const since = settings.world.clock.monotonic();
    for (const lease of leases) lease.renewing();
    try {
      const outcomes = await store.renew(
        owner,
        leases.map(({ claim }) => claim),
      );
      for (const outcome of outcomes) this.#settle(leases, outcome, since);
    } catch (error) {
      log.warn("leases could not be renewed; trying again", { leases: leases.length, error });
    }
  }

  #settle(leases: readonly Lease[], outcome: RenewOutcome, since: number): void {
    const lease = leases.find(
      ({ claim }) => claim.workflowId === outcome.workflowId && claim.epoch === outcome.epoch,
    );
    if (lease === undefined) return;
    if (!outcome.held) {
      // The run itself may just have given the claim up; then its pass says so before the next turn.
      this.#session.settings.world.scheduler.afterMicrotasks(() => {
        lease.lose("its claim is lost: another runner or an operator has taken it, or its lease ended");
        this.#leases.delete(lease);
      });
      return;
    }
    lease.renewed(since);
    if (outcome.requested !== null) lease.requested(outcome.requested);
  }
}
