import { openPass, reportOf } from "../engine/pass/open-pass.ts";
import type { PassOutcome } from "../engine/pass/outcome.ts";
import type { PassClaim } from "../engine/pass/pass-settings.ts";
import type { RunPass } from "../engine/pass/run-pass.ts";
import { RunNotFoundError } from "../model/errors/run-errors.ts";
import { FencedError } from "../model/errors/storage-errors.ts";
import type { WorkflowDefinition } from "../model/workflow.ts";
import type { HolderRequest } from "../storage/store.ts";
import type { Backoff } from "./backoff.ts";
import { type ClaimEnd, claimEnd } from "./claim-end.ts";
import type { ClaimedRun } from "./claimed-run.ts";
import { failsForGood } from "./fails-for-good.ts";
import type { LateCommits } from "./late-commits.ts";
import type { Lease } from "./lease.ts";
import { LeaseGuard } from "./lease-guard.ts";
import type { LeaseKeeper } from "./lease-keeper.ts";
import type { ClaimsOver } from "./local-runs.ts";
import { leavePass, type ParkedPass, type ParkedPasses } from "./parked-passes.ts";
import { type Quarantine, solitudeMs } from "./quarantine.ts";
import { storeClock } from "./store-clock.ts";
import type { StoreSession } from "./store-session.ts";
import { wakeParked } from "./wake-parked.ts";

/** What the runs of one host share. */
export interface HostedRunNeighbours {
  readonly session: StoreSession;
  readonly leases: LeaseKeeper;
  readonly parked: ParkedPasses;
  readonly backoff: Backoff;
  readonly quarantine: Quarantine;
  readonly late: LateCommits;
}

/** What a run can be asked to do while it is hosted. */
export type Stop = "drain" | "pause" | "evict";

/** A weaker one never replaces a stronger one. */
const STRENGTH: readonly Stop[] = ["drain", "pause", "evict"];

/**
 * Owns: one claim of a run in this process, from the claim to its release: the pass, opened or taken up in place, and
 * what becomes of it.
 * Does not own: which runs are claimed (worker.ts); what a pass does (engine/run-pass.ts).
 * Invariants: a pass goes on in place only at the revision that it left (P1, P5); when the claim is taken nothing further
 * is started or written here (P4); whatever fails, the claim is given back or its lease ends (P9, P11), and no promise
 * is left to reject.
 */
export class HostedRun {
  /** Resolves when nothing of this claim is left; never rejects. */
  readonly done: Promise<ClaimEnd>;
  readonly #with: HostedRunNeighbours;
  readonly #claimed: ClaimedRun;
  readonly #lease: Lease;
  /** What was due by the store's clock at the claim is due for the pass too. */
  readonly #now: () => number;
  #pass: RunPass | null = null;
  #stop: Stop | null = null;
  /** Whether the run is to cancel itself. */
  #cancels = false;
  /** Why the run was taken from here. */
  #taken: { readonly reason: unknown } | null = null;

  constructor(neighbours: HostedRunNeighbours, claimed: ClaimedRun) {
    this.#with = neighbours;
    this.#claimed = claimed;
    const { clock } = neighbours.session.settings.world;
    this.#now = storeClock(clock, claimed.claim.storeTime);
    this.#lease = neighbours.leases.hold(claimed.claim, claimed.since, {
      lost: (error) => this.#lost(error),
      requested: (what) => this.#asked(what),
    });
    if (claimed.claim.requested !== null) this.#asked(claimed.claim.requested);
    this.done = this.#run();
  }

  get definition(): WorkflowDefinition {
    return this.#claimed.definition;
  }

  get workflowId(): string {
    return this.#claimed.claim.workflowId;
  }

  /** Whether its lease has run out, as its clock says now. */
  get ranOut(): boolean {
    this.#lease.check();
    return this.#lease.ranOut;
  }

  /** Stops the run here: at once (`evict`), or when what runs has ended. */
  stop(stop: Stop): void {
    if (this.#stop === null || STRENGTH.indexOf(stop) > STRENGTH.indexOf(this.#stop)) this.#stop = stop;
    this.#pass?.stop(stop);
  }

  /** The run cancels itself with compensation: in the commit that says so, what its bodies have come to is stored (P12). */
  cancel(): void {
    this.#cancels = true;
    void this.#pass?.cancel(true);
  }

  #asked(what: HolderRequest): void {
    if (what === "pause") this.stop("pause");
    else this.cancel();
  }

  /** A message of this name is being sent; call what is returned when it was, or was not. */
  expect(name: string): () => void {
    return this.#pass?.expect(name) ?? ((): void => {});
  }

  isOver(over: ClaimsOver): boolean {
    const { claim, ask } = this.#claimed;
    return "epoch" in over ? claim.epoch < over.epoch : ask <= over.asks;
  }

  /** Somebody has taken the claim, or the run: its bodies are told `reason`, and nothing further happens here. */
  abandon(reason: unknown): void {
    this.#lease.giveUp();
    this.#leave(reason);
    void this.#with.late.tryAll();
  }

  #leave(reason: unknown): void {
    this.#taken ??= { reason };
    this.#pass?.abandon(reason);
  }

  /** The run was claimed here anew: this claim of it was taken, unless its pass is about to be told that it gave it up. */
  replaced(): void {
    const { scheduler } = this.#with.session.settings.world;
    scheduler.afterMicrotasks(async () => {
      await this.#pass?.parting;
      this.#lease.lose("its run was claimed again, so somebody had taken it in between");
      this.#lease.giveUp();
      void this.#with.late.tryAll();
    });
  }

  #lost(error: FencedError): void {
    if (this.#pass?.holdsClaim === false) return;
    const { session } = this.#with;
    reportOf(this.workflowId, session.settings).event({ type: "fenced", error });
    this.#leave(error);
  }

  async #run(): Promise<ClaimEnd> {
    if (this.#claimed.before !== null) await this.#claimed.before;
    const { leases, quarantine } = this.#with;
    const guard = new LeaseGuard();
    const held = await this.#advance(guard);
    quarantine.leave(this);
    leases.drop(this.#lease);
    this.#keep(held.parked, held.outcome);
    await this.#giveBack(held.outcome);
    return claimEnd(held.outcome, this.#pass?.holdsClaim === false);
  }

  /** Goes on with the run until it ends, parks or stops here. */
  async #advance(fresh: LeaseGuard): Promise<{ outcome: PassOutcome; parked: ParkedPass | null }> {
    // The claim may have come too late.
    this.#lease.check();
    if (this.#taken !== null) return { outcome: { state: "lost", error: this.#taken.reason }, parked: null };
    let parked: ParkedPass | null = null;
    try {
      const opened = this.#inPlace() ?? (await this.#open(fresh));
      if (!("pass" in opened)) return { outcome: opened, parked };
      parked = opened;
      this.#begin(opened.pass);
      return { outcome: await opened.pass.advance(), parked };
    } catch (error) {
      return { outcome: { state: "lost", error }, parked };
    }
  }

  /** Tells the pass what came while there was none. */
  #begin(pass: RunPass): void {
    this.#pass = pass;
    if (this.#taken !== null) {
      pass.abandon(this.#taken.reason);
      return;
    }
    if (this.#stop !== null) pass.stop(this.#stop);
    if (this.#cancels) void pass.cancel(true);
  }

  /** The parked pass of this run, under the new claim; null when there is none, or the run went on elsewhere. */
  #inPlace(): ParkedPass | null {
    const { claim, message, before } = this.#claimed;
    const parked = this.#with.parked.take(claim.workflowId);
    if (parked === null) return null;
    const { pass } = parked;
    // Claims between the two may have been of another run of this id, that has come as far since this one was deleted.
    const followed = claim.epoch === pass.epoch + 1;
    if (!pass.resumable || !followed || pass.revision !== claim.revision) {
      leavePass(pass);
      return null;
    }
    pass.reclaim(this.#passClaim(parked.guard), before === null ? message : null);
    return parked;
  }

  async #open(guard: LeaseGuard): Promise<ParkedPass | PassOutcome> {
    const { settings } = this.#with.session;
    const { definition } = this.#claimed;
    const { workflowId } = this;
    const isParked = (): boolean => this.#pass?.resumable !== false;
    if (!(await this.#isolated())) return { state: "evicted" };
    const opened = await openPass({
      ...settings,
      world: guard.world(settings.world),
      workflowId,
      definition,
      claim: this.#passClaim(guard),
      create: async () => null,
      // In place it goes on with what its code has come to.
      stirred: () => void wakeParked(this.#with, { workflowId, isParked }),
    });
    return "pass" in opened ? { pass: opened.pass, guard } : opened.outcome;
  }

  /**
   * A run that may be what ends its process again and again goes on alone, from before it is read: who was claimed beside it may
   * start sooner. False: another one is alone already, so not here and now.
   */
  async #isolated(): Promise<boolean> {
    const { quarantine, session } = this.#with;
    const { workflowId } = this;
    const starts = this.#claimed.claim.claimsWithoutCommit - 1;
    const solitude = solitudeMs(starts, session.settings.limits.crashBudget);
    if (solitude === 0) return true;
    session.log.warn("a run was started again and again without committing anything; it goes on alone", {
      workflowId,
      starts,
    });
    return quarantine.enter(this, solitude);
  }

  #passClaim(guard: LeaseGuard): PassClaim {
    const { quarantine, session, late } = this.#with;
    const { claim, image, before } = this.#claimed;
    guard.lease = this.#lease;
    return {
      driver: guard.driver({
        driver: session.store.driver(claim),
        workflowId: claim.workflowId,
        // What was waited for may have been long enough for somebody else to write.
        image: before === null ? image : null,
        committed: () => quarantine.leave(this),
        late,
      }),
      epoch: claim.epoch,
      now: this.#now,
    };
  }

  #keep(parked: ParkedPass | null, outcome: PassOutcome): void {
    if (parked === null) return;
    parked.guard.lease = null;
    const waits = outcome.state === "sleeping" || outcome.state === "rolling_back";
    if (waits && parked.pass.resumable && this.#stop === null && !this.#cancels)
      this.#with.parked.put(parked);
    // A completed run has let go of everything itself.
    else if (outcome.state !== "completed") leavePass(parked.pass);
  }

  /** Gives the claim back, if the last commit did not and nobody has taken it. */
  async #giveBack(outcome: PassOutcome): Promise<void> {
    const { session, backoff } = this.#with;
    const { workflowId } = this;
    if (outcome.state === "lost") this.#tell(outcome.error);
    const failed = outcome.state === "lost" && this.#taken === null && !isGone(outcome.error);
    // What fails for good is a start in vain: bodies whose results cannot be stored are not to run again and again.
    if (failed && this.#stop === null && failsForGood(outcome.error)) return;
    // A run that met a failing storage would meet it again at once.
    if (failed) await backoff.wait();
    else backoff.reset();
    if (this.#pass?.holdsClaim === false || (this.#taken !== null && !isGone(this.#taken.reason))) return;
    // A run that was deleted here may have been created anew just after that: nobody else would give its claim back.
    try {
      await session.store.release(this.#claimed.claim);
    } catch (error) {
      session.log.warn("a claim could not be given back; it ends with its lease", { workflowId, error });
    }
  }

  #tell(error: unknown): void {
    const { log } = this.#with.session;
    const { workflowId } = this;
    if (isGone(error)) log.warn("a run was lost to another runner", { workflowId, error });
    else if (this.#taken === null) log.error("a run cannot go on here for now", { workflowId, error });
  }
}

/** Whether the run is another runner's now, or was deleted. */
function isGone(error: unknown): boolean {
  return FencedError.is(error) || RunNotFoundError.is(error);
}
