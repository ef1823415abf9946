import type { Clock } from "../model/clock.ts";

/** A run in work, as others see it. */
export interface Quarantined {
  readonly workflowId: string;
  /** Lets what runs finish, and gives the claim back. */
  stop(how: "drain"): void;
  readonly done: Promise<unknown>;
}

/** What a quarantine is made of. */
export interface QuarantineSetup {
  readonly clock: Clock;
  /** All runs in work in this process. */
  readonly inWork: () => Iterable<Quarantined>;
  /** Called when others may be claimed again. */
  readonly lifted: () => void;
}

/** What ends processes mostly does so at once. */
const FIRST_SOLITUDE_MS = 5_000;

/**
 * How long others get to leave, and then how long a run is alone, in milliseconds; 0 for one that is no suspect. A run may be what ends
 * its process, or blocks it past the lease, when it was started half as often as its crash budget allows without committing anything.
 * Each further start gives it twice the time of the one before: it may as well be one whose body takes longer than others let it
 * live. Beyond the budget it will start nothing.
 */
export function solitudeMs(startsWithoutCommit: number, crashBudget: number): number {
  const suspicious = Math.max(1, Math.ceil(crashBudget / 2));
  if (startsWithoutCommit < suspicious || startsWithoutCommit > crashBudget) return 0;
  return FIRST_SOLITUDE_MS * 2 ** Math.min(startsWithoutCommit - suspicious, MOST_DOUBLINGS);
}

/** With the default budget, the last start. */
const MOST_DOUBLINGS = 5;

/**
 * Owns: that a suspect is alone in this process until it commits something, ends, or has had its time; so that one run that
 * ends processes again and again does not use up the crash budgets of others, which are not to blame.
 * Does not own: who is claimed (worker.ts); what is done with a suspect that finds another one here (hosted-run.ts).
 * Invariants: at most one suspect is inside; nobody waits for ever, neither inside nor outside.
 */
export class Quarantine {
  readonly #setup: QuarantineSetup;
  #inside: Quarantined | null = null;
  #cutShort: () => void = () => {};
  #cut = false;

  constructor(setup: QuarantineSetup) {
    this.#setup = setup;
  }

  /** While this is so nobody else is taken into work. */
  get occupied(): boolean {
    return this.#inside !== null;
  }

  /** Resolves when the run is alone, or the others have had their time; false: another suspect is inside. */
  async enter(run: Quarantined, solitude: number): Promise<boolean> {
    if (this.#inside !== null) return false;
    this.#inside = run;
    const others = [...this.#setup.inWork()].filter((other) => other !== run);
    for (const other of others) other.stop("drain");
    await this.#within(solitude, Promise.all(others.map(({ done }) => done)));
    if (this.#inside === run) void this.#within(solitude, run.done).then(() => this.leave(run));
    return true;
  }

  /** The run has committed something, or is no longer in work. */
  leave(run: Quarantined): void {
    if (this.#inside !== run) return;
    this.#inside = null;
    this.#cutShort();
    this.#setup.lifted();
  }

  /** The host stops: nobody waits here any longer. */
  cut(): void {
    this.#cut = true;
    this.#cutShort();
  }

  async #within(timeMs: number, event: Promise<unknown>): Promise<void> {
    if (this.#cut) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#setup.clock.setTimer(timeMs, resolve);
      this.#cutShort = () => {
        cancel();
        resolve();
      };
      void event.then(this.#cutShort);
    });
  }
}
