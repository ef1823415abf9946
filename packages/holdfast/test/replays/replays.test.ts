import { defaultCodec, type PayloadCodec } from "holdfast";
import { describe, expect, it } from "vitest";
import { BLOCKS_OFTEN, blocks } from "./blocks.ts";
import { controlFlow, togetherness } from "./control-flow.ts";
import { CHANGEABLE, changes, deployed } from "./deploys.ts";
import { Dice } from "./dice.ts";
import { Life } from "./life.ts";
import { operations } from "./operations.ts";
import { operate } from "./operators.ts";
import { type Part, ProgramMaker, type Shapes } from "./program.ts";
import type { Play } from "./strand.ts";

const PLAYS: Readonly<Record<string, Play>> = {
  ...operations,
  ...controlFlow,
  ...togetherness,
  ...blocks,
  ...changes,
};
const ALL: Shapes = {
  plain: Object.keys(operations),
  nested: [...Object.keys({ ...controlFlow, ...togetherness }), ...BLOCKS_OFTEN],
};
const SEEDS = Array.from({ length: Number(process.env.SEEDS ?? 60) }, (_, seed) => seed);

/** A program of so many parts one after the other or side by side, which may fail in the end. */
function programOf(maker: ProgramMaker, dice: Dice, shapes: Shapes): Part {
  const parts = Array.from({ length: 2 + dice.below(3) }, () => maker.part(shapes, 3));
  return maker.as(dice.chance(0.6) ? "sequence" : "allSettled", parts);
}

const play: Play = (strand, part) => (PLAYS[part.shape] as Play)(strand, part);

/** Plays the program that `program` gives, in place of the part that it is asked for. */
function codeOf(program: () => Part, fails: boolean): () => Play {
  return () => {
    const root = program();
    return async (strand, part) => {
      if (part.shape !== "program") return play(strand, part);
      const value = await play(strand, root);
      if (fails) throw new Error("the end");
      return `${value}`;
    };
  };
}

/** Takes longer for one value than for another. */
function laggingCodec(dice: Dice): PayloadCodec {
  const lag = async (): Promise<void> => {
    for (let turns = dice.below(3); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    encode: (value, what) => lag().then(() => defaultCodec.encode(value, what)),
    decode: (bytes) => lag().then(() => defaultCodec.decode(bytes as Uint8Array)),
  };
}

describe("what code sees in a replay is what it saw before, no body runs after its commit, and what is undone is undone once", () => {
  it.each(SEEDS)("wherever the process dies or the storage fails (seed %i)", async (seed) => {
    const dice = new Dice(seed);
    const program = programOf(new ProgramMaker(dice), dice, ALL);
    const life = new Life({
      dice,
      code: codeOf(() => program, dice.chance(0.3)),
      ...(dice.chance(0.5) && { codec: laggingCodec(dice) }),
      between: async () => "nothing",
    });
    await life.live();
    expect(life.problems).toEqual([]);
  });

  it.each(SEEDS)("whatever deploys change in between (seed %i)", async (seed) => {
    const dice = new Dice(10_000 + seed);
    const maker = new ProgramMaker(dice);
    let program = programOf(maker, dice, CHANGEABLE);
    let deploys = 0;
    const life = new Life({
      dice,
      code: codeOf(() => program, dice.chance(0.3)),
      between: async () => {
        if (deploys === 5 || dice.chance(0.3)) return "nothing";
        deploys += 1;
        program = deployed(program, maker, dice);
        return "deployed";
      },
    });
    await life.live();
    expect(life.problems).toEqual([]);
  });

  it.each(SEEDS)("wherever somebody takes the run back to, or recovers it (seed %i)", async (seed) => {
    const dice = new Dice(20_000 + seed);
    const program = programOf(new ProgramMaker(dice), dice, ALL);
    const life = new Life({
      dice,
      code: codeOf(() => program, dice.chance(0.3)),
      between: async ({ storage, clock }) => (dice.chance(0.5) ? operate(storage, clock, dice) : "nothing"),
      revivals: 3,
    });
    await life.live();
    expect(life.problems).toEqual([]);
  });
});
