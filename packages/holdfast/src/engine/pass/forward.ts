import { CrashLoopError, type HistoryDivergedError } from "../../model/errors/history-errors.ts";
import { FencedError } from "../../model/errors/storage-errors.ts";
import type { Outcome } from "../replay/block.ts";
import { divergenceAt } from "../replay/divergence.ts";
import { firstUnasked } from "../replay/unasked.ts";
import type { Committer } from "./committer.ts";
import type { Control, Wish } from "./control.ts";
import type { CrashCount } from "./crash-count.ts";
import type { Execution } from "./execution.ts";
import { keepResults } from "./keep-results.ts";
import { lookAtQueue } from "./look-at-queue.ts";
import { Overdue } from "./overdue.ts";
import { OwnPromises } from "./own-promises.ts";
import { WorldWait } from "./world-wait.ts";

/** Why a pass stopped going forward. */
export type ForwardEnd =
  | { readonly end: "settled"; readonly outcome: Outcome }
  | { readonly end: "parked"; readonly wakeAt: number | null; readonly wants: readonly string[] | null }
  | { readonly end: "diverged"; readonly error: HistoryDivergedError }
  | { readonly end: "crash-loop"; readonly error: CrashLoopError }
  | { readonly end: "wish"; readonly wish: Wish };

/** What a round of work has led to: the end, or (null) another round, now or when something has been done. */
type Round = ForwardEnd | null | Promise<ForwardEnd | null>;

/** For so long a cancel or pause waits for a schema or a codec that is at work on what a body has come to. */
const RECORDING_MS = 5_000;

/**
 * Owns: the forward part of a run pass (ARCHITECTURE 3): replay by turns, the check that the code fits, live work, and the
 * decision that the run is parked.
 * Does not own: commits (committer.ts), what follows the end (run-pass.ts).
 * Invariants: recorded completions first and in order (P5); no body starts before every recorded operation was asked
 * for again (P6), nor before what led to it is durable (ARCHITECTURE 3). It waits in one place (world-wait.ts),
 * but for code that may go on by itself (own-promises.ts), and for bodies when nothing else goes on (keep-results.ts).
 */
export class Forward {
  readonly #execution: Execution;
  readonly #committer: Committer;
  readonly #control: Control;
  readonly #crashes: CrashCount;
  readonly #ownPromises: OwnPromises;
  readonly #overdue: Overdue;
  readonly #world: WorldWait;
  #startedBodies = false;
  #toldForeign = false;
  /** A look at the queue was left before it had an end: there is no other. */
  #leftLook = false;
  /** Until when a cancel or pause waits for what is being recorded; null while none does. */
  #recordedBy: number | null = null;

  constructor(execution: Execution, committer: Committer, control: Control, crashes: CrashCount) {
    this.#execution = execution;
    this.#committer = committer;
    this.#control = control;
    this.#crashes = crashes;
    this.#ownPromises = new OwnPromises(execution.world.clock, execution.wakeup);
    this.#overdue = new Overdue(execution.world.clock);
    this.#world = new WorldWait(execution, committer);
  }

  /** Goes on until the run ends, parks, or is to stop. */
  async drive(): Promise<ForwardEnd> {
    try {
      const end = await this.#goOn();
      if (end.end === "wish") this.#execution.bodies.leaveUnbegun();
      return end;
    } catch (error) {
      const pass = { execution: this.#execution, control: this.#control, store: () => this.#commitOwed() };
      if (!this.#committer.failed && !FencedError.is(error)) await keepResults(pass, error);
      throw error;
    }
  }

  async #commitOwed(): Promise<void> {
    await this.makeRoom();
    if (this.#execution.owesCommit) await this.#commitRunning();
  }

  /** Stores what waits for room, in as many commits as that takes, but for the last of it. */
  async makeRoom(): Promise<void> {
    while (this.#execution.room.isSought) await this.#commitRunning();
  }

  async #goOn(): Promise<ForwardEnd> {
    const execution = this.#execution;
    for (;;) {
      const waits = !execution.stirring || (await execution.endOfTurn(this.#control));
      if (execution.breakdown !== null) throw execution.breakdown.error;
      if (execution.divergence !== null) return { end: "diverged", error: execution.divergence };
      if (waits && execution.live && execution.room.isFull) {
        await this.#commitRunning();
        continue;
      }
      const { wish } = this.#control;
      // What is ready is handed over first, so that nothing is committed that no code has seen (I23).
      if (wish === "evict" && !(waits && execution.turns.waiting)) return { end: "wish", wish };
      if (wish === "pause" && !waits) return { end: "wish", wish };
      if (wish === "cancel") {
        if (!(await this.#waitForRecording())) return { end: "wish", wish };
        continue;
      }
      if (execution.outcome !== null) return this.#settled(execution.outcome);
      if (execution.gates.waiting) execution.gates.answerPassed(execution.turns.current);
      const earlier = execution.unaskedBeforeNext;
      if (earlier !== undefined) {
        if (wish !== "none") return { end: "wish", wish };
        if (await this.#ownPromises.settleFirst(earlier)) continue;
      }
      const handed = execution.handOver();
      if (handed !== false) {
        this.#ownPromises.wentOn();
        if (handed === true || (await this.#control.patience.wait(handed)) !== null) continue;
        // What the code was to see first it has not seen: it is shown nothing more.
        const { wish } = this.#control;
        if (wish !== "cancel") return { end: "wish", wish };
        continue;
      }
      const end = execution.live ? await this.#work() : await this.#endReplay();
      if (end !== null) return end;
    }
  }

  /** What a body has come to belongs to what a cancel undoes (P12). False: nothing is being recorded, or it takes too long. */
  async #waitForRecording(): Promise<boolean> {
    const { bodies, world, wakeup } = this.#execution;
    const now = world.clock.monotonic();
    this.#recordedBy ??= now + RECORDING_MS;
    if (!bodies.recording || now >= this.#recordedBy) return false;
    // For nothing else: a timer that is due does not fire any more, and would end each wait at once.
    const cancel = world.clock.setTimer(this.#recordedBy - now, () => wakeup.notify());
    await wakeup.wait();
    cancel();
    return true;
  }

  #settled(outcome: Outcome): ForwardEnd {
    const execution = this.#execution;
    if (!execution.live) {
      const unasked = firstUnasked(execution.journal.root, execution.asked);
      if (unasked !== undefined) {
        return { end: "diverged", error: divergenceAt(execution, unasked, "ends") };
      }
      // What nobody has awaited is not done yet: an answer, a send.
      execution.goLive();
    }
    return { end: "settled", outcome };
  }

  /** The code waits and the history has nothing more for it. */
  async #endReplay(): Promise<ForwardEnd | null> {
    const execution = this.#execution;
    const answered = execution.gates.answerAll();
    // Where all was asked for, what comes behind a gate is new: the replay has ended in front of it.
    const unasked = firstUnasked(execution.journal.root, execution.asked);
    if (unasked !== undefined) {
      if (answered) return null;
      const { wish } = this.#control;
      if (wish !== "none") return { end: "wish", wish };
      if (execution.waitsForLive) {
        if (await this.#ownPromises.settle(unasked)) return null;
        return { end: "diverged", error: divergenceAt(execution, unasked, "waits for something else") };
      }
      // Code that waits for nothing of the engine's waits for a promise of its own, and may ask when that settles.
      this.#tellForeign();
      // What can be over before the replay is, is the run's own time: that ends what waits here too.
      if (execution.timers.delay() !== 0) return this.#world.wait();
    }
    execution.goLive();
    return null;
  }

  /** One round of live work; null: there is more to do. */
  #work(): Round {
    const { timers, mailbox } = this.#execution;
    timers.fireDue();
    // The run's own time may be over.
    if (this.#execution.outcome !== null) return null;
    return mailbox.wantsLook && !this.#leftLook ? this.#lookFirst() : this.#proceed();
  }

  async #lookFirst(): Promise<ForwardEnd | null> {
    const { mailbox, turns } = this.#execution;
    if (mailbox.isLaden && !turns.waiting) return this.#commitRunning();
    this.#world.listen();
    // Messages may have a schema to go through.
    this.#leftLook = (await this.#control.patience.wait(this.#look())) === null;
    return this.#leftLook ? null : this.#proceed();
  }

  #proceed(): Round {
    const execution = this.#execution;
    const { timers, mailbox, outbox, bodies, journal, limits } = execution;
    if (execution.turns.waiting) return null;
    if (outbox.urgent || journal.dirtyCount > limits.uncommittedEntries) return this.#commitRunning();
    if (bodies.waiting.length > 0 && !this.#control.winding) return this.#startBodies();
    const owed = this.#overdue.delay(execution.commitRequired, journal.header.revision);
    if (owed === 0) return this.#commitRunning();
    const { wish } = this.#control;
    if (wish === "pause" && bodies.onlyConverted)
      return this.#waitForRecording().then((waited) => (waited ? null : { end: "wish", wish }));
    if (execution.busy) {
      // A message that is received and not consumed would wake a wait for others of its name again and again.
      const wakesItself = mailbox.isWaiting && mailbox.holdsMessages;
      return wakesItself ? this.#commitRunning() : this.#world.wait(owed);
    }
    const foreign = timers.size === 0 && !mailbox.isWaiting;
    const parks = wish === "drain" && bodies.waiting.length === 0 && !foreign;
    if (wish !== "none" && !parks) return { end: "wish", wish };
    if (foreign) {
      this.#tellForeign();
      return this.#world.wait(owed);
    }
    if (wish === "none" && mailbox.isExpecting) return this.#world.wait(owed);
    return { end: "parked", wakeAt: timers.earliest(), wants: mailbox.wants() };
  }

  async #look(): Promise<void> {
    const read = await lookAtQueue(this.#execution, this.#committer.driver);
    if (!read) this.#world.lookSoon();
  }

  async #startBodies(): Promise<ForwardEnd | null> {
    const execution = this.#execution;
    const starting = execution.bodies.take();
    const first = !this.#startedBodies;
    const { starts, committed } = this.#crashes;
    if (first && starts > execution.limits.crashBudget) {
      const steps = starting.map((body) => execution.journal.format(body.place));
      return {
        end: "crash-loop",
        error: new CrashLoopError(execution.workflowId, starts, steps),
      };
    }
    for (const body of starting) body.prepare();
    const counted = first && committed;
    if (execution.commitRequired || counted || execution.journal.header.revision === 0) {
      await this.#commitRunning(counted ? starts + 1 : 0);
    }
    if (this.#control.winding) {
      for (const body of starting) body.retract();
      execution.bodies.putBack(starting);
      return null;
    }
    this.#startedBodies = true;
    for (const body of starting) if (!body.scope.closed) body.start();
    return null;
  }

  async #commitRunning(barrenStarts = 0): Promise<null> {
    this.#execution.commitRequired = false;
    await this.#committer.commit({ status: "running", barrenStarts }, this.#execution.outbox);
    return null;
  }

  #tellForeign(): void {
    if (this.#toldForeign) return;
    this.#toldForeign = true;
    this.#execution.report.warn(
      "the workflow waits for a promise that the engine does not own; it cannot park until that settles",
    );
  }

  /** In live mode: waits in place until a timer is due, a message may be there, or somebody has a wish. */
  async waitParked(): Promise<void> {
    const { timers } = this.#execution;
    if (!this.#control.winding && (timers.delay() ?? 1) > 0) await this.#world.wait();
  }
}
