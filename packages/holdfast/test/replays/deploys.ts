import type { RemovedKind } from "../../src/model/context.ts";
import { BLOCKS_OFTEN } from "./blocks.ts";
import { controlFlow } from "./control-flow.ts";
import type { Dice } from "./dice.ts";
import { operations } from "./operations.ts";
import { type Part, type ProgramMaker, replaced, type Shapes } from "./program.ts";
import type { Play } from "./strand.ts";

/** What a deploy puts into a program, so that runs which are at work still fit it. */
export const changes: Readonly<Record<string, Play>> = {
  added: async (strand, part) => {
    const name = strand.name(part);
    const version = await strand.result(name, strand.ctx.getVersion(name, 2));
    return version === 2 ? strand.play(part, 0) : "nothing was added";
  },

  exchanged: async (strand, part) => {
    const name = strand.name(part);
    const version = await strand.result(name, strand.ctx.getVersion(name, 2));
    return strand.play(part, version - 1);
  },

  removed: async (strand, part) => {
    const [gone] = part.inside as readonly [Part];
    await strand.ctx.removed(strand.name(gone), KINDS[gone.shape] as RemovedKind);
    return "it is gone";
  },

  before: async (strand, part) => {
    await strand.play(part, 0);
    return strand.play(part, 1);
  },
};

/** What may be removed: nobody depends on how these end. */
const KINDS: Readonly<Record<string, RemovedKind>> = {
  step: "step",
  ephemeral: "step",
  sleep: "sleep",
  listen: "message",
  batch: "message",
  version: "version",
  tried: "step",
};

/** What is added fails by nothing. */
const ADDED: Shapes = {
  plain: Object.keys(KINDS),
  nested: ["sequence", "join", "map", "loop", "allSettled"],
};

/** Strands that go on in one turn have no order of their own when one of them gets a gate. */
const ORDERED_BY_ONE_TURN = ["any", "raceOfPromises"];

/** What programs are made of that are changed while they run. */
export const CHANGEABLE: Shapes = {
  plain: Object.keys(operations).filter((shape) => shape !== "send"),
  nested: [
    ...Object.keys(controlFlow).filter((shape) => !ORDERED_BY_ONE_TURN.includes(shape)),
    ...BLOCKS_OFTEN,
  ],
};

/** The program after a deploy: a few parts were added, exchanged or removed, and blocks may have other options. */
export function deployed(program: Part, maker: ProgramMaker, dice: Dice): Part {
  let changed = program;
  for (let count = 1 + dice.below(3); count > 0; count--) {
    const target = dice.pick([...changeable(changed)]);
    changed = replaced(changed, target.id, (part) => changedPart(part, maker, dice));
  }
  return dice.chance(0.5) ? tuned(changed, dice) : changed;
}

/** The program with other options of all maps and loops. */
function tuned(program: Part, dice: Dice): Part {
  const tuning = {
    concurrency: 1 + dice.below(5),
    historyPruneInterval: 1 + dice.below(4),
    historySize: dice.below(3),
  };
  return { ...program, tuning, inside: program.inside.map((part) => tuned(part, dice)) };
}

/** What is inside a program; a part that was removed keeps its name, and is not played. */
function* changeable(program: Part): IterableIterator<Part> {
  for (const part of program.shape === "removed" ? [] : program.inside) {
    yield part;
    yield* changeable(part);
  }
}

function changedPart(part: Part, maker: ProgramMaker, dice: Dice): Part {
  // A gate keeps its place, and what is behind it is not there for all runs.
  if (part.shape in changes) return part;
  const added = (): Part => maker.part(ADDED, 1);
  switch (dice.below(4)) {
    case 0:
      return maker.as("before", [maker.as("added", [added()]), part]);
    case 1:
      return maker.as("sequence", [part, maker.as("added", [added()])]);
    case 2:
      return maker.as("exchanged", [part, added()]);
    default:
      return part.shape in KINDS ? maker.as("removed", [part]) : part;
  }
}
