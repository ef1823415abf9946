import type { Block, Program, Statement } from "../program/program.ts";
import { sizeOfStatement } from "../program/walk.ts";
import type { Prng } from "../random/prng.ts";
import { BLOCKS, type BlockKind, BlockWriter } from "./block-writer.ts";
import { choose } from "./choose.ts";
import type { Swarm } from "./features.ts";
import { StepWriter } from "./generate-step.ts";
import type { Surroundings } from "./generate-wait.ts";
import { LEAVES, type LeafKind, LeafWriter } from "./leaf-writer.ts";
import { newerBlock, wrongBlock } from "./newer-code.ts";
import type { Room } from "./room.ts";
import { shiftedLooks } from "./shifted-looks.ts";
import { Writing } from "./writing.ts";

/** A random program: of 1 to some 40 statements, nested up to 4 deep, with the features that the swarm has. */
export function generateProgram(prng: Prng, swarm: Swarm, around: Surroundings, name: string): Program {
  const body = new ProgramWriter(new Writing(prng, swarm, around)).program();
  if (!swarm.has("newer-code") || prng.chance(0.2)) return { name, body };
  return { name, body, ...newerCode(prng, swarm, around, body) };
}

/** Code that keeps to the rules, most often; else that of another program, or with one thing in it that is wrong. */
function newerCode(
  prng: Prng,
  swarm: Swarm,
  around: Surroundings,
  body: Block,
): Pick<Program, "newer" | "breaksRules"> {
  if (prng.chance(0.05))
    return { newer: new ProgramWriter(new Writing(prng, swarm, around)).program(), breaksRules: true };
  if (prng.chance(0.05)) return { newer: wrongBlock(prng, body), breaksRules: true };
  return { newer: newerBlock(prng, body, new StepWriter(prng, swarm)) };
}

type Kind = LeafKind | BlockKind;

const STEP_WEIGHT = 5;
/** What says little when it comes often, and how much less often than others it comes. */
const RARE: ReadonlyMap<Kind, number> = new Map([
  ["removed", 0.3],
  ["draw", 0.4],
  ["checkpoint", 0.4],
]);
/** Every one of them arms what comes after the first. */
const MOST_CHECKPOINTS = 3;

class ProgramWriter {
  readonly #writing: Writing;
  readonly #leaves: LeafWriter;
  readonly #blocks: BlockWriter;
  #checkpoints = 0;

  constructor(writing: Writing) {
    this.#writing = writing;
    this.#leaves = new LeafWriter(writing);
    this.#blocks = new BlockWriter(writing, this.#leaves, (room, size) => this.#block(room, size));
  }

  program(): Block {
    const { prng, swarm, steps } = this.#writing;
    const large = this.#writing.sometimes("large-programs", 0.4);
    const size = large ? prng.between(15, 40) : prng.between(2, 12);
    const depth = this.#writing.sometimes("deep-programs", 0.6) ? 4 : 2;
    const room: Room = { names: this.#writing.names(), depth, repeats: 1, armed: false };
    const first = swarm.has("checkpoint") && prng.chance(0.7) ? [this.#make("checkpoint", room)] : [];
    const { statements } = this.#block(room, size);
    const fails = room.armed ? prng.chance(0.45) : swarm.has("throw") && prng.chance(0.1);
    const last: Statement[] = fails ? [{ kind: "throw", what: steps.thrown() }] : [];
    return { statements: [...first, ...shiftedLooks(statements, 0, first.length), ...last] };
  }

  #block(room: Room, size: number): Block {
    const statements: Statement[] = [];
    for (let left = size; left > 0; ) {
      const statement =
        this.#reply(room, left, statements.at(-1)) ?? this.#statement(room, left, statements.length);
      statements.push(statement);
      left -= sizeOfStatement(statement);
    }
    return { statements };
  }

  /** A statement, perhaps with something around it that catches what it throws. */
  #statement(room: Room, left: number, before: number): Statement {
    const kind = this.#kind(room, left, before);
    const statement = isBlock(kind)
      ? this.#blocks.write(kind, room, { left, before })
      : this.#make(kind, room);
    return this.#caught(statement, left);
  }

  /** Now and then a send right after what was received: both leave with one commit, which may be refused for the send. */
  #reply(room: Room, left: number, before: Statement | undefined): Statement | null {
    const received = before?.kind === "next" || before?.kind === "batch" || before?.kind === "listen";
    if (!received || !this.#writing.sometimes("send", 0.3)) return null;
    return this.#caught(this.#make("send", room), left);
  }

  #caught(statement: Statement, left: number): Statement {
    const caught = left > 1 && throwsOften(statement) && this.#writing.sometimes("catch", 0.6);
    return caught ? { kind: "catch", body: { statements: [statement] } } : statement;
  }

  #make(kind: LeafKind, room: Room): Statement {
    if (kind === "checkpoint") this.#checkpoints += 1;
    return this.#leaves.write(kind, room);
  }

  #kind(room: Room, left: number, before: number): Kind {
    const { swarm, prng } = this.#writing;
    const weightOf = (kind: Kind): number => {
      if (kind === "step") return STEP_WEIGHT;
      if (kind === "if" && before === 0) return 0;
      if (kind === "checkpoint" && this.#checkpoints === MOST_CHECKPOINTS) return 0;
      return swarm.weight(kind) * (RARE.get(kind) ?? 1);
    };
    const kinds: readonly Kind[] = room.depth > 0 && left > 1 ? [...LEAVES, ...BLOCKS] : LEAVES;
    return choose(
      prng,
      kinds.map((kind) => [kind, weightOf(kind)]),
    );
  }
}

function isBlock(kind: Kind): kind is BlockKind {
  return (BLOCKS as readonly Kind[]).includes(kind);
}

/** Whether it throws more often than steps do: programs would end there if nobody caught it. */
function throwsOften(statement: Statement): boolean {
  switch (statement.kind) {
    case "next":
      return statement.timeoutMs !== undefined;
    case "send":
      return statement.to !== "self";
    case "sleep":
      return statement.ms < 0;
    case "step":
      return !statement.asData && statement.attempts.every(({ ends }) => !("value" in ends));
    case "race":
    case "together":
      return true;
    default:
      return false;
  }
}
