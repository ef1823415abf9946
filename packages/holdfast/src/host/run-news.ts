import type { Clock } from "../model/clock.ts";
import { RunEvictedError } from "../model/errors/run-errors.ts";
import { StorageError } from "../model/errors/storage-errors.ts";
import type { WaitTopic, WorkflowStore } from "../storage/store.ts";
import type { HostLog } from "./host-log.ts";

/** What waiting for news needs. */
export interface RunNewsSetup {
  readonly store: Pick<WorkflowStore, "wait">;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly log: HostLog;
}

type RunTopic = Exclude<WaitTopic, "work">;

const HEARD = "nobody waits any longer";

/** Looks are this many times rarer, at most, when nothing is heard for long. */
const SLOWEST = 8;

/**
 * Owns: the waits of handles for something to become true of a run. Each listens first, then looks, then waits, so that
 * nothing comes unseen in between (R7).
 * Does not own: what a look is: it reads the store.
 * Invariants: hints, the store's and those of passes that end here, only make a look come sooner; looks by the clock
 * alone are enough (P9, I19). No timer and no listener outlives its wait.
 */
export class RunNews {
  readonly #setup: RunNewsSetup;
  readonly #listeners: Map<string, Set<() => void>> = new Map();
  #closed = false;

  constructor(setup: RunNewsSetup) {
    this.#setup = setup;
  }

  /**
   * What `look` finds, asked until it finds something; undefined when it did not within `withinMs`. A storage that fails
   * for a while is asked again later. `about`: whether hints of any change are wanted, or of the run's end alone.
   * @throws RunEvictedError when the host was stopped, and what `look` throws
   */
  async until<Found>(
    workflowId: string,
    look: () => Promise<Found | undefined>,
    withinMs: number = Number.POSITIVE_INFINITY,
    about: "change" | "end" = "change",
  ): Promise<Found | undefined> {
    const { clock, pollMs } = this.#setup;
    const end = clock.monotonic() + withinMs;
    for (let waitMs = pollMs; ; ) {
      const listener = this.#listen({ workflowId, endOnly: about === "end" });
      try {
        const found = await this.#ask(workflowId, look);
        if (found !== undefined) return found;
        if (this.#closed) throw new RunEvictedError(workflowId);
        const leftMs = end - clock.monotonic();
        if (leftMs <= 0) return undefined;
        const heard = await listener.within(Math.min(waitMs, leftMs));
        waitMs = heard ? pollMs : Math.min(waitMs * 2, pollMs * SLOWEST);
      } finally {
        listener.stop();
      }
    }
  }

  /** Something about this run may have changed here. */
  tell(workflowId: string): void {
    for (const hear of [...(this.#listeners.get(workflowId) ?? [])]) hear();
  }

  /** The host stops: nobody waits any longer. */
  close(): void {
    this.#closed = true;
    for (const workflowId of [...this.#listeners.keys()]) this.tell(workflowId);
  }

  async #ask<Found>(workflowId: string, look: () => Promise<Found | undefined>): Promise<Found | undefined> {
    try {
      return await look();
    } catch (error) {
      if (!StorageError.is(error) || !error.retryable) throw error;
      this.#setup.log.warn("the storage failed; looking again later", { workflowId, error });
      return undefined;
    }
  }

  #listen(topic: RunTopic): Listener {
    const { workflowId } = topic;
    const hints = new AbortController();
    const listener = new Listener(this.#setup.clock, () => {
      // With a reason of its own an abort makes no error, which is most of its cost.
      hints.abort(HEARD);
      const others = this.#listeners.get(workflowId);
      others?.delete(listener.hear);
      if (others?.size === 0) this.#listeners.delete(workflowId);
    });
    const others = this.#listeners.get(workflowId) ?? new Set();
    this.#listeners.set(workflowId, others.add(listener.hear));
    void this.#hear(topic, hints.signal, listener.hear);
    return listener;
  }

  async #hear(topic: RunTopic, signal: AbortSignal, hear: () => void): Promise<void> {
    try {
      await this.#setup.store.wait(topic, signal);
      hear();
    } catch {
      // A store whose hints fail is looked at by the clock.
    }
  }
}

/** One wait: hears, or is told by the clock. */
class Listener {
  readonly stop: () => void;
  readonly #clock: Clock;
  #heard = false;
  #resume: (() => void) | null = null;

  constructor(clock: Clock, stop: () => void) {
    this.#clock = clock;
    this.stop = stop;
  }

  readonly hear = (): void => {
    this.#heard = true;
    this.#resume?.();
  };

  /** Whether something was heard within `ms`. */
  async within(ms: number): Promise<boolean> {
    if (!this.#heard) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.setTimer(ms, resolve);
        this.#resume = () => {
          cancel();
          resolve();
        };
      });
    }
    return this.#heard;
  }
}
