import type { Dice } from "./dice.ts";

/** A part of a program: what it does, and what is inside it. */
export interface Part {
  readonly shape: string;
  /** Unique in the program. */
  readonly id: number;
  /** Tells parts of one shape apart: how long, how often, how many. */
  readonly variant: number;
  readonly inside: readonly Part[];
  /** What a deploy changes of a part without changing what it is. */
  readonly tuning?: Tuning;
}

interface Tuning {
  readonly concurrency?: number;
  readonly historyPruneInterval?: number;
  readonly historySize?: number;
}

/** Which shapes a program is made of: those that have nothing inside, and those that have. */
export interface Shapes {
  readonly plain: readonly string[];
  readonly nested: readonly string[];
}

/** Makes up programs; each part that it ever made has an id of its own. */
export class ProgramMaker {
  readonly #dice: Dice;
  #made = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  part(shapes: Shapes, depth: number): Part {
    const dice = this.#dice;
    if (depth === 0 || dice.chance(0.3)) return this.as(dice.pick(shapes.plain), []);
    const inside = Array.from({ length: 1 + dice.below(3) }, () => this.part(shapes, depth - 1));
    return this.as(dice.pick(shapes.nested), inside);
  }

  as(shape: string, inside: readonly Part[]): Part {
    return { shape, id: this.#made++, variant: this.#dice.below(1_000), inside };
  }
}

/** The program with the part of this id replaced. */
export function replaced(program: Part, id: number, by: (part: Part) => Part): Part {
  if (program.id === id) return by(program);
  return { ...program, inside: program.inside.map((part) => replaced(part, id, by)) };
}
