import type { CancelOutcome } from "../engine/pass/outcome.ts";
import { holdsArmed } from "../engine/replay/block.ts";
import { RunFinishedError } from "../model/errors/run-errors.ts";
import { isTerminal } from "../model/run.ts";
import type { LocalRuns } from "./local-runs.ts";
import type { RunReader } from "./run-reader.ts";
import type { StoreSession } from "./store-session.ts";

/** A holder that has renewed its lease so often since it was asked, and has not done it, is not going to. */
const RENEWALS = 3;

/** What an operator may do to the run: cancel it when nobody holds it, or whoever does; undefined when that was not to be had. */
export type TakeAndCancel = (how: "unheld" | "by-force") => Promise<CancelOutcome | undefined>;

/**
 * A cancel with compensation. Whoever runs the run does it, since nobody else knows what bodies have come to that no commit has
 * yet: it is stored with the cancel, and undone (P12). A run that nobody holds is cancelled here; so one whose holder is dead
 * is when its lease has ended.
 *
 * Invariants: what is asked for stays asked for (P9); who won is read from what was committed (P10).
 */
export class CancelAndUndo {
  readonly #session: StoreSession;
  readonly #reader: RunReader;
  readonly #local: LocalRuns;
  /** Whether the holder may have been asked. */
  #asked = false;
  /** Ends of leases that were seen since. */
  readonly #leases: Set<number> = new Set();

  constructor(session: StoreSession, reader: RunReader, local: LocalRuns) {
    this.#session = session;
    this.#reader = reader;
    this.#local = local;
  }

  /** Who won; undefined while that is not decided. */
  async look(take: TakeAndCancel): Promise<CancelOutcome | undefined> {
    const { status, lease, requested } = await this.#reader.record();
    if (isTerminal(status) || status === "rolling_back") {
      return this.#asked ? this.#whoWon() : { cancelled: false, state: status };
    }
    if (lease === null) return this.#decided(await take("unheld"));
    this.#leases.add(lease.until);
    if (this.#leases.size > RENEWALS) return this.#decided(await take("by-force"));
    // A run that is held is run by nobody: an operator has it for a moment, and would not hear.
    if (status === "paused") return undefined;
    this.#asked = true;
    if (requested !== "cancel") await this.#ask();
    this.#local.cancelRun(this.#reader.workflowId);
    return undefined;
  }

  /** Who came too late for the run may still have been heard by whoever held it. */
  #decided(taken: CancelOutcome | undefined): CancelOutcome | undefined | Promise<CancelOutcome | undefined> {
    return taken?.cancelled === false && this.#asked ? this.#whoWon() : taken;
  }

  async #ask(): Promise<void> {
    try {
      await this.#session.store.request(this.#reader.workflowId, "cancel");
    } catch (error) {
      // One that has ended since the look is told of by the next.
      if (!RunFinishedError.is(error)) throw error;
    }
  }

  /** The run was neither ended nor rolling back when the holder was asked. */
  async #whoWon(): Promise<CancelOutcome | undefined> {
    const { header, root } = await this.#reader.journal();
    const { status, rollback } = header;
    if (!isTerminal(status) && status !== "rolling_back") return undefined;
    const undone = rollback === "cancel" || (status === "cancelled" && !holdsArmed(root));
    return undone ? { cancelled: true } : { cancelled: false, state: status };
  }
}
