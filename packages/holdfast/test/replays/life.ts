import { defineWorkflow, runWorkflow } from "holdfast";
import { type MemoryDriver, memoryDriver } from "holdfast/memory";
import { crashDriver, replay, virtualClock } from "holdfast/testing";
import type { RunHandle } from "../../src/engine/live/run-handle.ts";
import type { PayloadCodec } from "../../src/history/payload.ts";
import { isTerminal } from "../../src/model/run.ts";
import type { WorkflowDefinition } from "../../src/model/workflow.ts";
import { FAULTS, type PlannedFault } from "../../src/testing/crash-driver.ts";
import type { Dice } from "./dice.ts";
import { Mail } from "./mail.ts";
import { type Between, resume } from "./operators.ts";
import { changedResults, NOTHING, type Recorded, receivedTwice, recordedIn } from "./recorded.ts";
import { type Play, type Stage, Strand } from "./strand.ts";
import { Undoing } from "./undoing.ts";
import { difference, type Sight, Witness } from "./witness.ts";

/** Passes that may meet faults; those after them meet none, so that the run comes to its end. */
const FAULTY_PASSES = 20;
const PASSES = 60;

/** What becomes of a program. */
export interface Fate {
  readonly dice: Dice;
  /** Plays the program as it is now; asked for before each pass. */
  readonly code: () => Play;
  readonly codec?: PayloadCodec;
  /** Called between two passes. */
  readonly between: (life: Life) => Promise<Between>;
  /** So many more passes begin when the run has ended. @default none */
  readonly revivals?: number;
}

/** Of a step that is delivered at most once. */
const STARTS_ONCE = /once\d+$/;

const DEATHS = ["crash-before", "crash-after", "crash-late"] as const;

/**
 * One run from its start to its end, pass by pass, with faults of the storage, deaths, evictions, pauses and messages. After each
 * pass what code was shown in a replay is compared with what it was shown before.
 */
export class Life {
  /** What was not as promised. */
  readonly problems: string[] = [];
  readonly clock = virtualClock();
  readonly storage: MemoryDriver = memoryDriver({ workflowId: "run", clock: this.clock });
  readonly #fate: Fate;
  readonly #mail: Mail = new Mail(this.problems);
  #undoing: Undoing = new Undoing();
  /** Keys of bodies that are to start at most once, and did. */
  #startedOnce: Set<string> = new Set();
  /** What the last pass saw that got anywhere. */
  #before: readonly Sight[] | null = null;
  #recorded: Recorded = NOTHING;
  #revivals: number;

  constructor(fate: Fate) {
    this.#fate = fate;
    this.#revivals = fate.revivals ?? 0;
  }

  async live(): Promise<void> {
    for (let pass = 1; pass <= PASSES && this.problems.length === 0; pass++) {
      if (pass > 1) this.#met(await this.#fate.between(this));
      await this.#pass(pass <= FAULTY_PASSES);
      if (!isTerminal(this.#recorded.status ?? "pending")) continue;
      await this.#end();
      if (this.#revivals === 0) return;
      this.#revivals -= 1;
    }
    if (this.problems.length === 0)
      this.problems.push(`the run does not end: it is ${this.#recorded.status}`);
  }

  /** New code may see other things, and after a recovery it does. What was taken back may start again, and is not to be undone. */
  #met(between: Between): void {
    if (between === "deployed" || between === "recovered") this.#before = null;
    if (between !== "rewound" && between !== "recovered") return;
    this.#undoing = new Undoing();
    this.#startedOnce = new Set();
    this.#mail.forget();
  }

  async #pass(faulty: boolean): Promise<void> {
    const { dice, codec } = this.#fate;
    await resume(this.storage, this.clock);
    const before = await recordedIn(this.storage);
    const witness = new Witness(this.problems);
    const driver = crashDriver(this.storage, {
      faults: faulty ? this.#faults() : [],
      onCrash: () => witness.leave(),
      onApplied: (batch) => this.#mail.committed(batch),
    });
    const handle = runWorkflow("run", this.#workflow(witness), null, driver, {
      clock: this.clock,
      scheduler: this.clock.scheduler,
      logger: witness.logger,
      mode: dice.pick(["yield", "live"]),
      limits: { crashBudget: 1_000 },
      ...(codec && { codec }),
    });
    await this.#play(handle, () => driver.crashed, faulty);
    driver.crash();
    this.#check({ before, witness, after: await recordedIn(this.storage) });
    if (!isTerminal(this.#recorded.status ?? "pending")) await this.#mail.check(this.storage);
  }

  #faults(): readonly PlannedFault[] {
    const { dice } = this.#fate;
    const faults = dice.chance(0.7) ? DEATHS : FAULTS;
    return [{ operation: 2 + dice.below(7), fault: dice.pick(faults) }];
  }

  #workflow(witness: Witness): WorkflowDefinition<unknown, unknown> {
    const play = this.#fate.code();
    const stage: Stage = {
      witness,
      luck: this.#fate.dice,
      sleep: (ms) => this.clock.sleep(ms),
      play,
    };
    return defineWorkflow({
      name: "generated",
      run: async (ctx) => {
        witness.called();
        const strand = new Strand(stage, ctx);
        strand.sees("begins");
        await ctx.rollbackCheckpoint("from here");
        return play(strand, { shape: "program", id: 0, variant: 0, inside: [] });
      },
    }) as unknown as WorkflowDefinition<unknown, unknown>;
  }

  /** Lets the pass go on until it ends, dies, or has been let go on for long enough. */
  async #play(handle: RunHandle<unknown>, dead: () => boolean, faulty: boolean): Promise<void> {
    const { dice } = this.#fate;
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    handle.result.then(end, end);
    const leftIn = faulty && dice.chance(0.4) ? dice.below(12) : -1;
    for (let round = 0; round < 200 && !ended && !dead(); round++) {
      await turns(3 + dice.below(6));
      if (dice.chance(0.25)) this.#mail.send(handle, dice.pick(["a", "b"]));
      if (round === leftIn) handle[dice.pick(["evict", "pause"] as const)]().catch(() => {});
      if (dice.chance(0.7)) await this.clock.advance(dice.pick([1, 5, 20, 100, 1_000, 10_000, 60_000]));
    }
  }

  #check(pass: { before: Recorded; witness: Witness; after: Recorded }): void {
    const { before, witness, after } = pass;
    this.#recorded = after;
    const rollsBack = before.status === "rolling_back";
    if (this.#before !== null && !rollsBack) {
      const otherwise = difference(this.#before, witness.replayed, before.settled);
      if (otherwise !== null) this.problems.push(otherwise);
    }
    if (witness.sights.length > 0) this.#before = witness.sights;
    this.problems.push(...changedResults(before, after), ...receivedTwice(after));
    for (const key of witness.started) this.#started(key, before);
    if (after.held !== null) this.problems.push(`the run was held: ${after.held}`);
    this.problems.push(...this.#undoing.follow(before, witness.undone, after));
  }

  #started(key: string, before: Recorded): void {
    if (before.settled.has(key.slice("run/".length)))
      this.problems.push(`the body of ${key} ran after its commit`);
    if (!STARTS_ONCE.test(key)) return;
    if (this.#startedOnce.has(key)) this.problems.push(`the body of ${key} started twice`);
    this.#startedOnce.add(key);
  }

  async #end(): Promise<void> {
    const witness = new Witness([]);
    try {
      const { codec } = this.#fate;
      await replay(this.#workflow(witness), this.storage.dump(), codec && { codec });
    } catch (error) {
      this.problems.push(`the end cannot be replayed: ${(error as Error).message}`);
    }
    this.problems.push(...this.#undoing.end(this.#recorded));
  }
}

/** So many turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
}
