import { runWorkflow, type WorkflowContext } from "holdfast";
import { type MemoryDriver, memoryDriver } from "holdfast/memory";
import { type VirtualClock, virtualClock } from "holdfast/testing";
import { Gate } from "../host/host-on-virtual-clock.ts";

/** What a strand of a program waits for. */
export type Wait = "step" | "message" | "timer";

/** A wait with a number, which it gives when it is resolved from outside. */
export type Strand = (ctx: WorkflowContext, number: number) => Promise<number>;

/** Code over so many strands. */
export type Code = (ctx: WorkflowContext, strands: readonly number[], wait: Strand) => Promise<unknown>;

/** How a process ends: on the spot, or as it was asked to. */
export type Interruption = "crash" | "evict";

/** Between two resolutions: longer than a result waits for its commit. */
const STEP_MS = 1_000;

/** One run whose waits are resolved in a given order, and whose process ends in between. */
export class Contest {
  readonly #clock: VirtualClock = virtualClock();
  readonly #order: readonly number[];
  readonly #kind: (number: number) => Wait;
  readonly #code: Code;
  readonly #resolved: Set<number> = new Set();
  #driver: MemoryDriver;
  #gates: readonly Gate[] = [];
  #handle: ReturnType<typeof this.start>;

  constructor(code: Code, order: readonly number[], kind: (number: number) => Wait) {
    this.#code = code;
    this.#order = order;
    this.#kind = kind;
    this.#driver = memoryDriver({ clock: this.#clock });
    this.#handle = this.start();
  }

  /** Plays it to the end; after so many resolutions the process ends and another one goes on. */
  async play(at: number | null, interruption: Interruption): Promise<unknown> {
    await this.#clock.advance(STEP_MS / 2);
    for (const [rank, number] of this.#order.entries()) {
      if (rank === at) await this.#interrupt(interruption);
      await this.#resolve(number);
      await this.#clock.advance(STEP_MS);
    }
    if (at === this.#order.length) await this.#interrupt(interruption);
    await this.#handle.send("end", null);
    const { state, output } = await this.#clock.settle(this.#handle.result);
    if (state !== "completed") throw new Error(`The run is ${state}.`);
    return output;
  }

  async #resolve(number: number): Promise<void> {
    this.#resolved.add(number);
    if (this.#kind(number) === "step") this.#gates[number]?.open();
    if (this.#kind(number) === "message") await this.#handle.send(`m${number}`, number);
  }

  async #interrupt(interruption: Interruption): Promise<void> {
    if (interruption === "evict") {
      await this.#clock.settle(this.#handle.evict());
    } else {
      const dump = this.#driver.dump();
      this.#driver = memoryDriver({ clock: this.#clock });
      this.#driver.restore(dump);
    }
    this.#handle = this.start();
    await this.#clock.advance(0);
  }

  start() {
    const gates = this.#order.map(() => new Gate());
    for (const number of this.#resolved) gates[number]?.open();
    this.#gates = gates;
    const strands = this.#order.map((_, number) => number);
    const run = async (ctx: WorkflowContext): Promise<unknown> => {
      const output = await this.#code(ctx, strands, (branch, number) => this.#wait(branch, number, gates));
      await ctx.listen("the end", "end");
      return output;
    };
    const { scheduler } = this.#clock;
    return runWorkflow("contest", run, undefined, this.#driver, {
      clock: this.#clock,
      scheduler,
      mode: "live",
    });
  }

  async #wait(ctx: WorkflowContext, number: number, gates: readonly Gate[]): Promise<number> {
    switch (this.#kind(number)) {
      case "step":
        return ctx.step({
          name: `wait ${number}`,
          timeout: 0,
          run: async () => {
            await gates[number]?.passed;
            return number;
          },
        });
      case "message":
        return (await ctx.listen(`wait ${number}`, `m${number}`)) as number;
      case "timer":
        await ctx.sleep(`wait ${number}`, STEP_MS * (this.#order.indexOf(number) + 1));
        return number;
    }
  }
}
