import type { Journal } from "../../history/journal.ts";
import { KeySpace } from "../../history/key.ts";
import {
  BranchAbandonedError,
  RunCancelledError,
  RunEvictedError,
  RunPausedError,
} from "../../model/errors/run-errors.ts";
import { isTerminal, type RunState, type TerminalState } from "../../model/run.ts";
import type { WorkflowDefinition } from "../../model/workflow.ts";
import type { StoredMessage } from "../../storage/records.ts";
import { holdsArmed } from "../replay/block.ts";
import { CancelRequests } from "./cancel-requests.ts";
import type { Wish } from "./control.ts";
import { Forward } from "./forward.ts";
import { isReplaying, leaveReplay } from "./leave-replay.ts";
import type { CancelOutcome, PassOutcome } from "./outcome.ts";
import { parkPass } from "./park-pass.ts";
import type { PassClaim } from "./pass-settings.ts";
import { type OpenedRun, PassState } from "./pass-state.ts";
import { Rollback } from "./rollback.ts";
import { brokenOutcome, finishRun, holdPass, pausedOutcome } from "./run-ending.ts";
import { originalError, recordFailure, recordRollbackFailure, storedError } from "./run-failing.ts";
import { limitRunTime } from "./run-time.ts";
import { mendSchedule } from "./schedule.ts";
import { decideUndoing } from "./undoing.ts";

/**
 * One pass over a run (ARCHITECTURE 3), from replay to the point where nothing is left to do here. A parked pass can be
 * advanced again and goes on in place, without replay.
 *
 * Owns: what follows when the way forward ends: parking, rollback, eviction, cancellation.
 * Does not own: the way forward (forward.ts), undoing (rollback.ts), storing a wait (park-pass.ts), ending (run-ending.ts), opening
 * (open-pass.ts).
 * Invariants: a terminal status is written once (P10); when this process has lost the run it starts and writes nothing
 * further (P4).
 */
export class RunPass {
  readonly #state: PassState;
  readonly #cancels: CancelRequests = new CancelRequests();
  #forward: Forward | null = null;
  #rollback: Rollback | null = null;
  #ended: PassOutcome | null = null;

  constructor(run: OpenedRun) {
    this.#state = new PassState(run);
  }

  get workflowId(): string {
    return this.#state.workflowId;
  }

  get journal(): Journal {
    return this.#state.journal;
  }

  /** Of the last commit: by it a claim tells whether the run is as this pass left it. */
  get revision(): number {
    return this.#state.journal.header.revision;
  }

  /** Of its last claim. */
  get epoch(): number {
    return this.#state.claim.epoch;
  }

  /** Whether the claim is still held: a commit that parks or ends the run gives it up. */
  get holdsClaim(): boolean {
    return this.#state.holdsClaim;
  }

  /** Settles when the commit that gives the claim up has its answer; null while there is no such commit under way. */
  get parting(): Promise<unknown> | null {
    return this.#state.committer.parting;
  }

  /** Whether the pass can go on in place. */
  get resumable(): boolean {
    return this.#ended === null;
  }

  /** The run's status as of the last commit; `paused` also when the pass was asked to pause it. */
  get heading(): RunState {
    return this.#state.control.wish === "pause" ? "paused" : this.#state.journal.header.status;
  }

  /** Whether it is to stop when what runs has ended: parked, it has. */
  get drains(): boolean {
    return this.#state.control.wish === "drain";
  }

  get definition(): WorkflowDefinition {
    return this.#state.settings.definition;
  }

  /**
   * Goes on with a new claim, after the pass was parked and its run claimed again. `message`: the only queued one that
   * the run waits for, where that is known.
   */
  reclaim(claim: PassClaim, message: StoredMessage | null): void {
    this.#state.reclaim(claim, message);
  }

  /** Somebody outside has news: a message may be there. */
  hint(): void {
    this.#state.execution.mailbox.hint();
    this.#state.wakeup.notify();
  }

  /** A message of this name is being sent: a pass that waits for it does not park before. Call what is returned then. */
  expect(name: string): () => void {
    const { execution, wakeup } = this.#state;
    const arrived = execution.mailbox.expect(name);
    return () => {
      arrived();
      wakeup.notify();
    };
  }

  /** Stops the pass: at once (`evict`), or when what runs has ended (`drain`, `pause`). */
  stop(wish: Exclude<Wish, "none" | "cancel">): void {
    this.#state.control.ask(wish);
  }

  /** The run was taken away, or is left to another pass: nothing further is started or written here. */
  abandon(error: unknown): void {
    this.#ended ??= { state: "lost", error };
    this.#state.resting = false;
    // What a late commit may still take along is recorded while its scope is open.
    this.#state.execution.outbox.seal();
    this.#state.execution.leave(error);
    this.#state.control.lose();
  }

  /** Cancels the run, if it has not ended before. Somebody must be advancing the pass. */
  async cancel(compensate: boolean): Promise<CancelOutcome> {
    const { status } = this.#state.journal.header;
    if (isTerminal(status) || status === "rolling_back") return { cancelled: false, state: status };
    const told = this.#cancels.add(compensate);
    this.#state.control.ask("cancel");
    return told;
  }

  /** Goes on until the run ends, parks or stops here. How storage and code fail is told by the outcome, not thrown. */
  async advance(): Promise<PassOutcome> {
    if (this.#ended !== null) return this.#ended;
    let outcome: PassOutcome;
    try {
      outcome = await this.#advance();
    } catch (error) {
      outcome = await brokenOutcome(this.#state, error);
    }
    const { status } = this.#state.journal.header;
    // Cancellations that came too late learn who won.
    if (isTerminal(status)) this.#loseCancels(status);
    if (outcome.state === "sleeping" || outcome.state === "rolling_back") {
      const { wakeAt, wants } = outcome;
      this.#state.report.event({ type: "run-parked", wakeAt, wants: wants && Object.freeze([...wants]) });
      return this.#ended ?? outcome;
    }
    this.#ended ??= outcome;
    return this.#ended;
  }

  /** In live mode: waits in place until the parked pass may have something to do. */
  async waitParked(): Promise<void> {
    const { journal, execution, wakeup, settings } = this.#state;
    if (this.#rollback === null) return this.#forward?.waitParked();
    const delay = Math.max(0, (journal.header.wakeAt ?? 0) - execution.timers.now());
    const cancel = settings.world.clock.setTimer(delay, () => wakeup.notify());
    await wakeup.wait();
    cancel();
  }

  async #advance(): Promise<PassOutcome> {
    const state = this.#state;
    await mendSchedule(state);
    const { header } = state.journal;
    if (header.status === "completed")
      return { state: "completed", output: state.journal.single(KeySpace.output) };
    if (header.status === "failed") return { state: "failed", error: storedError(state.journal) };
    if (header.status === "cancelled") return { state: "cancelled" };
    if (header.status === "paused") return pausedOutcome(state, header.pause ?? "operator");
    if (header.status === "rolling_back") return this.#undo();
    if (this.#forward === null) {
      state.report.event({ type: "run-started", replayed: header.sequence });
      const input = await state.control.patience.wait(state.value(KeySpace.input));
      if (input === null) return this.#meet();
      this.#forward = new Forward(state.execution, state.committer, state.control, state.crashes);
      limitRunTime(state);
      state.execution.start(input.value);
    }
    return this.#goForward(this.#forward);
  }

  async #goForward(forward: Forward): Promise<PassOutcome> {
    for (;;) {
      this.#state.resting = false;
      const end = await forward.drive();
      this.#state.resting = end.end === "parked";
      switch (end.end) {
        case "settled":
          return (await finishRun(this.#state, end.outcome, () => this.#undo())) ?? this.#meet();
        case "parked": {
          const { wakeAt, wants } = end;
          if (await parkPass(this.#state, { status: "sleeping", wakeAt, wants }))
            return { state: "sleeping", wakeAt, wants };
          break;
        }
        case "diverged":
          return holdPass(this.#state, "divergence", end.error);
        case "crash-loop":
          return holdPass(this.#state, "crash-loop", end.error);
        case "wish":
          return this.#meet(end.wish);
      }
    }
  }

  async #undo(): Promise<PassOutcome> {
    const state = this.#state;
    const { journal, report } = state;
    if (this.#rollback === null) {
      this.#loseCancels("rolling_back");
      state.execution.leave(new BranchAbandonedError("The run is rolling back."));
      state.execution = state.newExecution(true);
      const { committer, control, crashes } = state;
      const at = { committer, control, crashes, reason: () => originalError(journal) };
      const rollback = new Rollback(state.execution, at);
      const input = await control.patience.wait(state.value(KeySpace.input));
      const stopped = input === null ? control.wish : await rollback.collect(input.value);
      if (typeof stopped === "string") return this.#meet(stopped);
      if (stopped !== null) return holdPass(state, "divergence", stopped);
      this.#rollback = rollback;
    }
    const end = await this.#rollback.run();
    if (end.end === "parked") return { state: "rolling_back", wakeAt: end.wakeAt, wants: null };
    if (end.end === "wish") return this.#meet(end.wish);
    if (end.end === "crash-loop") return holdPass(state, "crash-loop", end.error);
    const status = end.end === "done" && journal.header.rollback === "cancel" ? "cancelled" : "failed";
    if (end.end === "failed") recordRollbackFailure(journal, state.execution.payloads, end);
    await state.committer.commit({ status }, null);
    state.execution.leave(new BranchAbandonedError("The run has ended."));
    report.event({ type: "run-ended", state: status, error: storedError(journal) });
    return status === "cancelled" ? { state: status } : { state: status, error: storedError(journal) };
  }

  /** What somebody outside wanted is done now. */
  async #meet(wish: Wish = this.#state.control.wish): Promise<PassOutcome> {
    const { execution, committer, journal, workflowId } = this.#state;
    await this.#forward?.makeRoom();
    if (wish === "cancel") return this.#cancelNow();
    if (this.#forward !== null && isReplaying(this.#state))
      return leaveReplay(this.#state, wish === "pause" ? "pause" : "evict");
    // The commit comes first: what waits for one is recorded only while its scope is open.
    if (wish === "pause") {
      await committer.commit({ status: "paused", pause: "operator" }, execution.outbox);
      execution.leave(new RunPausedError(workflowId, "operator"));
      return pausedOutcome(this.#state, "operator");
    }
    if (execution.owesCommit || journal.header.revision === 0) {
      const status = journal.header.status === "rolling_back" ? "rolling_back" : "running";
      await committer.commit({ status }, execution.outbox);
    }
    execution.leave(new RunEvictedError(workflowId));
    return { state: "evicted" };
  }

  async #cancelNow(): Promise<PassOutcome> {
    const { execution, committer, control, journal, report, workflowId } = this.#state;
    const error = new RunCancelledError(workflowId);
    control.clear();
    const asked = this.#cancels.take();
    const undoes = asked.compensate && holdsArmed(journal.root);
    if (undoes) recordFailure(journal, execution.payloads.failure(error));
    if (undoes && execution.live) decideUndoing(journal);
    // From here on bodies come too late: what one came to during the commit would be kept and not undone (P12).
    execution.outbox.seal();
    execution.leave(error);
    const status = undoes ? "rolling_back" : "cancelled";
    await committer.commit(undoes ? { status, rollback: "cancel" } : { status }, execution.outbox);
    asked.won();
    if (undoes) return this.#undo();
    report.event({ type: "run-ended", state: "cancelled" });
    return { state: "cancelled" };
  }

  /** The run had come to this before it could be cancelled. */
  #loseCancels(state: TerminalState | "rolling_back"): void {
    this.#cancels.lost(state);
    if (this.#state.control.wish === "cancel") this.#state.control.clear();
  }
}
