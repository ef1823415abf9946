import { cancelRun } from "../engine/operators/cancel.ts";
import { Operator } from "../engine/operators/operator.ts";
import { pauseRun, resumeRun } from "../engine/operators/pause.ts";
import { assertRecoverable, recoverRun } from "../engine/operators/recover.ts";
import { forgetFrom, rewindRun } from "../engine/operators/rewind.ts";
import type { CancelOutcome } from "../engine/pass/outcome.ts";
import { formatMs } from "../model/errors/amounts.ts";
import {
  RunCancelledError,
  RunEvictedError,
  RunFinishedError,
  RunStateError,
} from "../model/errors/run-errors.ts";
import { FencedError } from "../model/errors/storage-errors.ts";
import { isTerminal, type RunState } from "../model/run.ts";
import type { Claim } from "../storage/store.ts";
import { CancelAndUndo, type TakeAndCancel } from "./cancel-and-undo.ts";
import type { LocalRuns } from "./local-runs.ts";
import type { RunReader } from "./run-reader.ts";
import { storeClock } from "./store-clock.ts";
import type { StoreSession } from "./store-session.ts";

/** How long an operation waits for a run that is held, beyond a lease: whoever took it may be dead, or its claim's answer lost. */
const HELD_MS = 10_000;

/** How an operation takes the run. */
interface Taking {
  /** Also from a live holder, which is fenced from then on; the reason is told to its bodies, if it runs here. */
  readonly force: ((workflowId: string) => unknown) | null;
  /** Not from a run in one of these states. */
  readonly unless?: readonly RunState[];
}

const UNHELD: Taking = { force: null };
const FOR_CANCEL: Taking = {
  force: (workflowId) => new RunCancelledError(workflowId),
  unless: ["completed", "failed", "cancelled", "rolling_back"],
};
const FOR_REWIND: Taking = { force: (workflowId) => new RunEvictedError(workflowId) };

/**
 * Owns: what an operator does to a run of a store: take it, do one thing, give it back.
 * Does not own: the thing (engine/operators).
 * Invariants: the claim's epoch keeps everybody else out between the look and the commit (P4); what can be refused is
 * looked at before the run is taken from anybody; a terminal state is left by `recover` and `rewind` only, and who loses to
 * it is told (P10).
 */
export class RunControl {
  readonly #session: StoreSession;
  readonly #reader: RunReader;
  readonly #local: LocalRuns;

  constructor(session: StoreSession, reader: RunReader, local: LocalRuns) {
    this.#session = session;
    this.#reader = reader;
    this.#local = local;
  }

  async cancel(compensate: boolean): Promise<CancelOutcome> {
    if (compensate) return this.#cancelAndUndo();
    return this.#within(async () => {
      const { status } = await this.#reader.record();
      if (isTerminal(status) || status === "rolling_back") return { cancelled: false, state: status };
      return (await this.#attempt(FOR_CANCEL, (operator) => cancelRun(operator, false)))?.value;
    });
  }

  async #cancelAndUndo(): Promise<CancelOutcome> {
    const cancel = new CancelAndUndo(this.#session, this.#reader, this.#local);
    const take: TakeAndCancel = async (how) => {
      const taking = how === "unheld" ? UNHELD : FOR_CANCEL;
      return (await this.#attempt(taking, (operator) => cancelRun(operator, true)))?.value;
    };
    const outcome = await this.#session.news.until(this.#reader.workflowId, () => cancel.look(take));
    return outcome as CancelOutcome;
  }

  /** Asks whoever runs it to pause, or holds the run itself; resolves when the run is paused. */
  async pause(): Promise<void> {
    const { workflowId } = this.#reader;
    let asked = false;
    await this.#session.news.until(workflowId, async () => {
      const { status, lease } = await this.#reader.record();
      if (isTerminal(status)) throw new RunFinishedError(workflowId, status);
      if (status === "paused") return true;
      if (lease === null) return this.#attempt(UNHELD, pauseRun);
      if (!asked) await this.#session.store.request(workflowId, "pause");
      asked = true;
      void this.#local.stopRun(workflowId, "pause");
      return undefined;
    });
  }

  /** A pause that was asked for comes first: it would else come after the resume, and stay. */
  async resume(): Promise<void> {
    const { workflowId } = this.#reader;
    await this.#session.news.until(workflowId, async () => {
      const { status, lease, requested } = await this.#reader.record();
      if (isTerminal(status)) throw new RunFinishedError(workflowId, status);
      if (status === "paused") return this.#attempt(UNHELD, resumeRun);
      if (requested !== "pause") return true;
      if (lease === null) await this.#attempt(UNHELD, pauseRun);
      return undefined;
    });
  }

  async recover(): Promise<void> {
    assertRecoverable(await this.#reader.journal());
    await this.#operate(UNHELD, recoverRun);
  }

  async rewind(to: string): Promise<void> {
    // Tried on what was read first: a rewind that is refused stops nobody.
    forgetFrom(await this.#reader.journal(), to);
    await this.#operate(FOR_REWIND, (operator) => rewindRun(operator, to));
  }

  /** Takes the run, waiting for it if need be. */
  async #operate<T>(taking: Taking, work: (operator: Operator) => Promise<T>): Promise<T> {
    return (await this.#within(() => this.#attempt(taking, work))).value;
  }

  /** What `look` finds within the time that an operation waits for a run. */
  async #within<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
    const { workflowId } = this.#reader;
    const patienceMs = this.#session.leaseMs + HELD_MS;
    const found = await this.#session.news.until(workflowId, look, patienceMs);
    if (found !== undefined) return found;
    const { status } = await this.#reader.record();
    const problem = `somebody else has held it for ${formatMs(patienceMs)}. Pause or cancel it, or try again later.`;
    throw new RunStateError(workflowId, status, problem);
  }

  /** Takes the run if it can be had now; undefined when it cannot, or was taken away again in between. */
  async #attempt<T>(
    taking: Taking,
    work: (operator: Operator) => Promise<T>,
  ): Promise<{ value: T } | undefined> {
    const { store, owner, leaseMs } = this.#session;
    const { workflowId } = this.#reader;
    const { force, unless = [] } = taking;
    const run = { workflowId, force: force !== null, unless };
    const storing = this.#local.storeLate(workflowId);
    if (storing !== null) await storing;
    const { claims } = await store.claim({ owner, leaseMs, limit: 1, workflowNames: null, run });
    const claim = claims[0];
    if (claim === undefined) {
      await this.#reader.record();
      return undefined;
    }
    if (force !== null) this.#local.abandon(workflowId, force(workflowId), claim);
    try {
      return { value: await this.#under(claim, work) };
    } catch (error) {
      if (FencedError.is(error)) return undefined;
      throw error;
    }
  }

  async #under<T>(claim: Claim, work: (operator: Operator) => Promise<T>): Promise<T> {
    const { store, settings } = this.#session;
    const { workflowId, epoch, storeTime } = claim;
    let revision = claim.revision;
    try {
      const operator = await Operator.open(settings, workflowId, {
        driver: store.driver(claim),
        epoch,
        now: storeClock(settings.world.clock, storeTime),
      });
      const done = await work(operator);
      revision = operator.journal.header.revision;
      return done;
    } finally {
      // A commit of an operator has left the run to whoever comes next.
      if (revision === claim.revision) await this.#release(claim);
    }
  }

  async #release(claim: Claim): Promise<void> {
    try {
      await this.#session.store.release(claim);
    } catch (error) {
      const { workflowId } = claim;
      this.#session.log.warn("a claim could not be given back; it ends with its lease", {
        workflowId,
        error,
      });
    }
  }
}
