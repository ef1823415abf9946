import type { Clock } from "../model/clock.ts";
import { RunEvictedError } from "../model/errors/run-errors.ts";
import { StorageError } from "../model/errors/storage-errors.ts";
import { HintPace } from "../storage/hint-pace.ts";
import type { WaitTopic, WorkflowStore } from "../storage/store.ts";
import type { HostLog } from "./host-log.ts";
import { Pauses } from "./pauses.ts";

/** What waiting for news needs. */
export interface RunNewsSetup {
  readonly store: Pick<WorkflowStore, "wait">;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly log: HostLog;
}

type RunTopic = Exclude<WaitTopic, "work">;

const HEARD = "nobody waits any longer";

/** What a wait is about, and who tells. */
export interface Wanted<Found> {
  /** Whether nothing but the run's end, or its deletion, matters. @default false */
  readonly endOnly?: boolean;
  /** Whether `tell` is certain to be called of this run, however it goes on: until then no look is needed for a while. @default never */
  readonly toldHere?: () => boolean;
  /** What is found where the run has just completed here, with this output as it is stored. @default what a look finds */
  readonly ofOutput?: (stored: Uint8Array) => Promise<Found>;
}

/** Waits for one run that may each take up hints as if they were alone. */
const CROWD = 100;

/** Looks are this many times rarer, at most, when nothing is heard for long. */
const SLOWEST = 8;

/**
 * Owns: the waits of handles for something to become true of a run. Each listens first, then looks, then waits, so that
 * nothing comes unseen in between.
 * Does not own: what a look is: it reads the store.
 * Invariants: hints, the store's and those of passes that end here, only make a look come sooner; looks by the clock
 * alone are enough (P9, I19); of a run in work here, whoever runs it tells for certain, so it is looked at by the clock only when that takes
 * long, and an output that it tells is that of a commit that has just been made. No timer and no listener outlives its wait.
 */
export class RunNews {
  readonly #setup: RunNewsSetup;
  readonly #listeners: Map<string, Set<Listener["hear"]>> = new Map();
  /** In which hints are held back. */
  readonly #pauses: Pauses;
  #closed = false;

  constructor(setup: RunNewsSetup) {
    this.#setup = setup;
    this.#pauses = new Pauses(setup.clock);
  }

  /**
   * What `look` finds, asked until it finds something; undefined when it did not within `withinMs`. A storage that fails
   * for a while is asked again later.
   * @throws RunEvictedError when the host was stopped, and what `look` throws
   */
  async until<Found>(
    workflowId: string,
    look: () => Promise<Found | undefined>,
    withinMs: number = Number.POSITIVE_INFINITY,
    { endOnly = false, toldHere = () => false, ofOutput }: Wanted<Found> = {},
  ): Promise<Found | undefined> {
    const { clock, pollMs } = this.#setup;
    const end = clock.monotonic() + withinMs;
    // A run that takes longer may be ended or deleted by somebody else, of whom its runner hears with the next renewal.
    const leftToThemUntil = Math.min(end, clock.monotonic() + pollMs);
    const pace = new HintPace();
    for (let waitMs = pollMs; ; ) {
      const listener = this.#listen(workflowId);
      try {
        const leftMsToThem = leftToThemUntil - clock.monotonic();
        const leaveItToThem = leftMsToThem > 0 && !this.#closed && toldHere();
        if (leaveItToThem && (await listener.within(leftMsToThem))) {
          // Mostly it was what is waited for; if not, the next round listens to everybody.
          const { output } = listener;
          const known = output === null || ofOutput === undefined ? look : () => ofOutput(output);
          const told = await this.#ask(workflowId, known);
          if (told !== undefined) return told;
          continue;
        }
        listener.hearStore(this.#setup.store, { workflowId, endOnly });
        const found = await this.#ask(workflowId, look);
        if (found !== undefined) return found;
        if (this.#closed) throw new RunEvictedError(workflowId);
        const leftMs = end - clock.monotonic();
        if (leftMs <= 0) return undefined;
        const heard = await listener.within(Math.min(waitMs, leftMs));
        waitMs = heard ? pollMs : Math.min(waitMs * 2, pollMs * SLOWEST);
        const pauseMs = heard ? pace.next() * this.#crowd(workflowId) : 0;
        const heldMs = Math.min(pauseMs, end - clock.monotonic());
        if (heldMs > 0) await this.#pauses.wait(heldMs);
      } finally {
        listener.stop();
      }
    }
  }

  /** Something about this run may have changed here; `output`: it has just completed, with this, as it is stored. */
  tell(workflowId: string, output: Uint8Array | null = null): void {
    for (const hear of [...(this.#listeners.get(workflowId) ?? [])]) hear(output);
  }

  /** The host stops: nobody waits any longer. */
  close(): void {
    this.#closed = true;
    for (const workflowId of [...this.#listeners.keys()]) this.tell(workflowId);
    this.#pauses.cut();
  }

  /** How many times longer a hint is held back where so many wait for one run: else they would look all the time. */
  #crowd(workflowId: string): number {
    return Math.max(1, (this.#listeners.get(workflowId)?.size ?? 0) / CROWD);
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

  #listen(workflowId: string): Listener {
    const listener = new Listener(this.#setup.clock, () => {
      const others = this.#listeners.get(workflowId);
      others?.delete(listener.hear);
      if (others?.size === 0) this.#listeners.delete(workflowId);
    });
    const others = this.#listeners.get(workflowId);
    if (others === undefined) this.#listeners.set(workflowId, new Set([listener.hear]));
    else others.add(listener.hear);
    return listener;
  }
}

/** One wait: hears, or is told by the clock. */
class Listener {
  readonly #clock: Clock;
  readonly #forget: () => void;
  #hints: AbortController | null = null;
  /** What the run has completed with, where that was heard. */
  output: Uint8Array | null = null;
  #heard = false;
  #resume: (() => void) | null = null;

  constructor(clock: Clock, forget: () => void) {
    this.#clock = clock;
    this.#forget = forget;
  }

  readonly hear = (output: Uint8Array | null): void => {
    this.#heard = true;
    this.output ??= output;
    this.#resume?.();
  };

  /** From now on the store's hints are heard too. */
  hearStore(store: Pick<WorkflowStore, "wait">, topic: RunTopic): void {
    const hints = new AbortController();
    this.#hints = hints;
    const wait = async (): Promise<void> => store.wait(topic, hints.signal);
    // A store whose hints fail is looked at by the clock.
    wait().then(
      () => this.hear(null),
      () => {},
    );
  }

  stop(): void {
    // With a reason of its own an abort makes no error, which is most of its cost.
    this.#hints?.abort(HEARD);
    this.#forget();
  }

  /** Whether something was heard within `ms`; Infinity: no clock tells. */
  async within(ms: number): Promise<boolean> {
    if (!this.#heard) {
      await new Promise<void>((resolve) => {
        const cancel = ms === Number.POSITIVE_INFINITY ? () => {} : this.#clock.setTimer(ms, resolve);
        this.#resume = () => {
          cancel();
          resolve();
        };
      });
    }
    return this.#heard;
  }
}
