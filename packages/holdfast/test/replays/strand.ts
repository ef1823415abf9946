import type { WorkflowContext } from "../../src/model/context.ts";
import type { RollbackContext, StepContext } from "../../src/model/step-options.ts";
import type { Dice } from "./dice.ts";
import type { Part } from "./program.ts";
import { shown } from "./shown.ts";
import type { Witness } from "./witness.ts";

/** Plays one part with the context of a scope. */
export type Play = (strand: Strand, part: Part) => Promise<unknown>;

/** What of the world the parts of a program are played in. */
export interface Stage {
  readonly witness: Witness;
  /** What bodies come to is drawn from here: it is another one in each attempt. */
  readonly luck: Dice;
  readonly sleep: (ms: number) => Promise<void>;
  readonly play: Play;
}

/** The code of one scope: its context, its location, and what stands in front of the names that it uses. */
export class Strand {
  readonly ctx: WorkflowContext;
  readonly stage: Stage;
  readonly #location: string;
  readonly #prefix: string;

  constructor(stage: Stage, ctx: WorkflowContext, location = "", prefix = "") {
    this.stage = stage;
    this.ctx = ctx;
    this.#location = location;
    this.#prefix = prefix;
  }

  /** The name of an operation of this part. */
  name({ shape, id }: Part, which = ""): string {
    return `${this.#prefix}${shape}${id}${which}`;
  }

  /** Code sees something: what, and when by its clock. */
  sees(what: string, of?: string): void {
    const location = of === undefined ? null : this.#at(of);
    const text = `${what} at ${this.ctx.now()}`;
    this.stage.witness.sees({ scope: this.#location, text, of: location }, this.ctx.log);
  }

  /** What an operation comes to, seen by the code. */
  async result<Value>(name: string, operation: Promise<Value>): Promise<Value> {
    try {
      const value = await operation;
      this.sees(`${name} gave ${shown(value)}`, name);
      return value;
    } catch (error) {
      this.sees(`${name} failed by ${shown(error)}`, name);
      throw error;
    }
  }

  /** The strand of a function that a block calls; `segment` is its part of the location. */
  within(ctx: WorkflowContext, block: string, segment = ""): Strand {
    const inner = new Strand(this.stage, ctx, `${this.#at(block)}${segment}`);
    inner.sees("begins");
    return inner;
  }

  /** Plays what is inside the part, the first again after the last; `prefix` keeps the names of repetitions apart. */
  play({ inside }: Part, index: number, prefix = ""): Promise<unknown> {
    const part = inside[index % inside.length] as Part;
    const prefixed = new Strand(this.stage, this.ctx, this.#location, this.#prefix + prefix);
    return this.stage.play(prefixed, part);
  }

  /** A body that takes so long and gives a number from 0 to 9. */
  body(ms = 0): (step: StepContext) => Promise<number> {
    return async (step) => {
      await this.starts(step, ms);
      return this.stage.luck.below(10);
    };
  }

  /** What every body begins with. */
  async starts({ idempotencyKey }: StepContext, ms: number): Promise<void> {
    this.stage.witness.starts(idempotencyKey);
    if (ms > 0) await this.stage.sleep(ms);
  }

  /** A handler that may fail at first. */
  handler(): (context: RollbackContext) => Promise<void> {
    return async ({ idempotencyKey }) => {
      const { witness, luck, sleep } = this.stage;
      const undone = witness.undoes(idempotencyKey);
      if (luck.chance(0.5)) await sleep(20);
      if (luck.chance(0.2)) throw new Error("the handler failed");
      undone();
    };
  }

  #at(name: string): string {
    return this.#location === "" ? name : `${this.#location}/${name}`;
  }
}
