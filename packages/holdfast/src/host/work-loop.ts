import { Wakeup } from "../engine/replay/wakeup.ts";
import { StoreClosedError } from "../model/errors/storage-errors.ts";
import type { Backoff } from "./backoff.ts";
import type { StoreSession } from "./store-session.ts";
import { WorkHints } from "./work-hints.ts";

export interface WorkLoopSetup {
  readonly session: StoreSession;
  /** Between two looks at a storage that fails. */
  readonly backoff: Backoff;
  /** Whether another run may be taken into work. */
  readonly hasRoom: () => boolean;
  /** Takes what is due into work; gives the milliseconds until the next look, 0: at once. */
  readonly takeDue: () => Promise<number>;
}

/** Why a hint is not wanted any more; a reason of its own spares the making of an error. */
const LOOKING = "looking again";

/**
 * Owns: when a host looks for work: while it has room, after a hint or when something here is a reason to, and by the clock.
 * Does not own: what a look does with what is due (worker.ts).
 * Invariants: hints make a look come sooner, looks by the clock are enough (P9, I19); a storage that fails is asked again, ever
 * more rarely (P11).
 */
export class WorkLoop {
  readonly #setup: WorkLoopSetup;
  readonly #hints: WorkHints;
  readonly #bell: Wakeup = new Wakeup();
  #stopping = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(setup: WorkLoopSetup) {
    this.#setup = setup;
    this.#hints = new WorkHints(setup.session);
  }

  /** Whether nothing is looked for any more: the host stops, or its store was closed. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Resolves when the last look is over. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  start(): void {
    this.#ended = this.#run();
  }

  stop(): void {
    this.#stopping = true;
    this.#bell.notify();
    this.#setup.backoff.cut();
  }

  /** There is a reason to look. */
  ring(): void {
    this.#bell.notify();
  }

  /** There was something: hints are worth to be heard. */
  found(): void {
    this.#hints.found();
  }

  async #run(): Promise<void> {
    const { clock } = this.#setup.session.settings.world;
    while (!this.#stopping) {
      const hints = new AbortController();
      const ring = (): void => {
        if (!hints.signal.aborted) this.#bell.notify();
      };
      let cancel = (): void => {};
      if (this.#setup.hasRoom()) {
        void this.#hints.hear(hints.signal, ring);
        const delayMs = await this.#look();
        if (delayMs > 0) cancel = clock.setTimer(delayMs, ring);
        else ring();
      }
      if (!this.#stopping) await this.#bell.wait();
      hints.abort(LOOKING);
      cancel();
    }
  }

  async #look(): Promise<number> {
    const { backoff, session } = this.#setup;
    try {
      const delayMs = await this.#setup.takeDue();
      backoff.reset();
      return delayMs;
    } catch (error) {
      if (StoreClosedError.is(error)) {
        this.#stopping = true;
        session.log.error("the store was closed; this host claims no more runs", { error });
        return 0;
      }
      session.log.warn("the storage failed; looking for work again later", { error });
      await backoff.wait();
      return 0;
    }
  }
}
