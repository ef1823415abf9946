import type { Block, Branch, Statement } from "../program/program.ts";
import { ARMED_RACE_SIZE, armedRace } from "./armed-race.ts";
import { LEAVES, type LeafWriter } from "./leaf-writer.ts";
import { ownScope, type Room, sameScope } from "./room.ts";
import type { Writing } from "./writing.ts";

/** Statements that hold others. */
export const BLOCKS = ["loop", "join", "race", "map", "try", "version", "if", "together", "catch"] as const;

export type BlockKind = (typeof BLOCKS)[number];

/** Statements that a program performs at most, repetitions counted. */
const MOST_WORK = 120;
const FAILURE_KINDS = ["step", "join", "race", "rollback"];
const COMBINATORS = ["all", "race", "any", "allSettled"] as const;

/** Writes a block of some size. */
type WriteBlock = (room: Room, size: number) => Block;

/** Writes statements that hold others. */
export class BlockWriter {
  readonly #writing: Writing;
  readonly #leaves: LeafWriter;
  readonly #block: WriteBlock;

  constructor(writing: Writing, leaves: LeafWriter, block: WriteBlock) {
    this.#writing = writing;
    this.#leaves = leaves;
    this.#block = block;
  }

  /**
   * @param left the most statements that it may be, itself included: 2 or more
   * @param before how many statements are before it in its block: 1 or more for an `if`
   */
  write(kind: BlockKind, room: Room, { left, before }: { left: number; before: number }): Statement {
    const writing = this.#writing;
    switch (kind) {
      case "loop":
        return this.#loop(room, left);
      case "map":
        return this.#map(room, left);
      case "join":
        return { kind, name: writing.name(room, kind), branches: this.#branches(room, left) };
      case "race":
        return { kind, name: writing.name(room, kind), branches: this.#racing(room, left) };
      case "try":
        return this.#try(room, left);
      case "version": {
        const name = writing.name(room, "version");
        const [older, newest] = this.#twoWays(room, left);
        return { kind, name, latest: writing.prng.between(1, 3), older, newest };
      }
      case "if": {
        const [even, odd] = this.#twoWays(room, left);
        return { kind, statement: writing.prng.int(before), even, odd };
      }
      case "together":
        return this.#together(room, left);
      case "catch":
        return { kind, body: this.#failing(sameScope(room), left) };
    }
  }

  #twoWays(room: Room, left: number): [Block, Block] {
    const part = (): number => this.#writing.part(left, 2);
    return [this.#block(sameScope(room), part()), this.#block(sameScope(room), part())];
  }

  #try(room: Room, left: number): Statement {
    const { prng } = this.#writing;
    const kinds = prng.chance(0.6) ? {} : { catch: FAILURE_KINDS.filter(() => prng.chance(0.5)) };
    const name = this.#writing.name(room, "try");
    return { kind: "try", name, body: this.#failing(ownScope(room, this.#writing.names()), left), ...kinds };
  }

  #loop(room: Room, left: number): Statement {
    const { prng } = this.#writing;
    const name = this.#writing.name(room, "loop");
    const long = this.#writing.sometimes("long-loops", 0.5);
    const size = long ? prng.between(1, Math.min(2, left - 1)) : prng.between(1, left - 1);
    const most = Math.floor(MOST_WORK / (room.repeats * (size + 1)));
    const times = Math.min(most, long ? prng.pick([30, 60, 200]) : prng.between(0, 6));
    const { statements } = this.#block(ownScope(room, this.#writing.names(), Math.max(1, times)), size);
    const breaks = this.#writing.sometimes("break", 0.2);
    return {
      kind: "loop",
      name,
      times,
      stateful: prng.chance(0.7),
      pruneInterval: prng.between(1, 7),
      historySize: prng.between(0, 7),
      body: { statements: breaks ? [...statements, { kind: "break" }] : statements },
    };
  }

  #map(room: Room, left: number): Statement {
    const { prng } = this.#writing;
    const name = this.#writing.name(room, "map");
    const most = Math.floor(MOST_WORK / (room.repeats * left));
    const items = Math.min(prng.between(0, 5), Math.max(1, most));
    const inner = ownScope(room, this.#writing.names(), Math.max(1, items));
    const failing = prng.chance(0.2);
    const size = prng.between(1, left - 1);
    return {
      kind: "map",
      name,
      items,
      concurrency: prng.between(1, 3),
      ...(prng.chance(0.3) ? { minSuccessful: prng.int(items + 1) } : {}),
      ...(failing || prng.chance(0.3) ? { toleratedFailures: prng.int(items + 1) } : {}),
      body: failing ? this.#failing(inner, size + 1) : this.#block(inner, size),
    };
  }

  #branches(room: Room, left: number): Branch[] {
    const writing = this.#writing;
    const names = writing.names();
    const none = writing.sometimes("refusals", 0.1);
    const count = none ? 0 : writing.prng.between(1, Math.min(4, left - 1));
    return Array.from({ length: count }, () => ({
      name: names.branch(),
      body: this.#block(ownScope(room, writing.names()), writing.part(left, count)),
    }));
  }

  #racing(room: Room, left: number): Branch[] {
    const armed = room.armed && left >= ARMED_RACE_SIZE && this.#writing.sometimes("checkpoint", 0.3);
    return armed ? armedRace(this.#writing) : this.#branches(room, left);
  }

  #together(room: Room, left: number): Statement {
    const { prng, swarm } = this.#writing;
    const how = prng.pick(COMBINATORS);
    const waits = LEAVES.filter((kind) => kind !== "step" && kind !== "checkpoint" && swarm.has(kind));
    // A step that a race leaves behind is an error of the code: it comes, but not always.
    const noSteps = (how === "race" || how === "any") && prng.chance(0.8);
    const statements = Array.from({ length: prng.between(1, Math.min(4, left - 1)) }, () => {
      const waiting = waits.length > 0 && (noSteps || prng.chance(0.4));
      return this.#leaves.write(waiting ? prng.pick(waits) : "step", room);
    });
    return { kind: "together", how, statements };
  }

  /** A block that is likely to fail. */
  #failing(room: Room, left: number): Block {
    const { prng, swarm, steps } = this.#writing;
    const block = this.#block(room, prng.between(1, left - 1));
    if (!prng.chance(0.5)) return block;
    const thrown: Statement = { kind: "throw", what: steps.thrown() };
    const failure = swarm.has("throw") && prng.chance(0.4) ? thrown : this.#failure(room);
    return { statements: [...block.statements, failure] };
  }

  /** A step that fails for good, or a block that fails with it. */
  #failure(room: Room): Statement {
    const writing = this.#writing;
    const kinds = (["join", "race", "map", "loop", "try"] as const).filter((kind) => writing.swarm.has(kind));
    if (kinds.length === 0 || room.depth <= 0 || writing.prng.chance(0.4)) return this.#leaves.failure(room);
    const kind = writing.prng.pick(kinds);
    const name = writing.name(room, kind);
    const inner = ownScope(room, writing.names());
    const body: Block = { statements: [this.#failure(inner)] };
    switch (kind) {
      case "join":
      case "race":
        return { kind, name, branches: [{ name: writing.names().branch(), body }] };
      case "map":
        return { kind, name, items: 1, concurrency: 1, body };
      case "loop":
        return { kind, name, times: 2, stateful: true, pruneInterval: 1, historySize: 1, body };
      case "try":
        return { kind, name, body, catch: [] };
    }
  }
}
