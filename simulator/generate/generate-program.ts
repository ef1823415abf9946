import { REFUSED_NAMES } from "../program/names.ts";
import type { Block, Branch, LoopStatement, MapStatement, Program, Statement } from "../program/program.ts";
import { sizeOfStatement } from "../program/walk.ts";
import type { Prng } from "../random/prng.ts";
import { choose } from "./choose.ts";
import type { Feature, Swarm } from "./features.ts";
import { StepWriter } from "./generate-step.ts";
import { type Surroundings, WaitWriter } from "./generate-wait.ts";
import { NameGiver } from "./name-giver.ts";
import { newerBlock } from "./newer-code.ts";
import { ownScope, type Room, sameScope } from "./room.ts";
import { shiftedLooks } from "./shifted-looks.ts";

/** Statements that a program performs at most, repetitions counted. */
const MOST_WORK = 120;
/** What sleeps and deadlines of a program take at most, but for those that no world waits for. */
const MOST_WAITING_MS = 30_000;

const REMOVABLE = ["step", "loop", "sleep", "message", "join", "race", "map", "try", "send"];
const FAILURE_KINDS = ["step", "join", "race", "rollback"];

/** A random program: of 1 to 40 statements, nested up to 4 deep, with the features that the swarm has. */
export function generateProgram(prng: Prng, swarm: Swarm, around: Surroundings, name: string): Program {
  const body = new ProgramWriter(prng, swarm, around).program();
  if (!swarm.has("newer-code") || prng.chance(0.2)) return { name, body };
  const different = prng.chance(0.1);
  const newer = different
    ? new ProgramWriter(prng, swarm, around).program()
    : newerBlock(prng, body, new StepWriter(prng, swarm));
  return { name, body, newer };
}

type Kind = Exclude<Statement["kind"], "break" | "throw">;

const LEAVES: readonly Kind[] = [
  "sleep",
  "sleep-until",
  "next",
  "batch",
  "listen",
  "send",
  "checkpoint",
  "removed",
  "draw",
];
const BLOCKS: readonly Kind[] = ["loop", "join", "race", "map", "try", "version", "if", "together", "catch"];

/** What says little when it comes often, and how much less often than others it comes. */
const RARE: ReadonlyMap<Kind, number> = new Map([
  ["removed", 0.3],
  ["draw", 0.4],
  ["checkpoint", 0.4],
]);

class ProgramWriter {
  readonly #prng: Prng;
  readonly #swarm: Swarm;
  readonly #steps: StepWriter;
  readonly #waits: WaitWriter;
  readonly #nasty: number;
  #checkpoints = 0;

  constructor(prng: Prng, swarm: Swarm, around: Surroundings) {
    this.#prng = prng;
    this.#swarm = swarm;
    this.#steps = new StepWriter(prng, swarm);
    this.#waits = new WaitWriter(prng, swarm, around, MOST_WAITING_MS);
    this.#nasty = swarm.has("nasty-names") ? prng.pick([0.1, 0.4, 0.9]) : 0;
  }

  program(): Block {
    const prng = this.#prng;
    const size = this.#sometimes("large-programs", 0.4) ? prng.between(15, 40) : prng.between(2, 12);
    const depth = this.#sometimes("deep-programs", 0.6) ? 4 : 2;
    const room: Room = { names: this.#names(), depth, repeats: 1, armed: false };
    const first = this.#swarm.has("checkpoint") && prng.chance(0.7) ? [this.#checkpoint(room)] : [];
    const { statements } = this.#block(room, size);
    const fails = room.armed ? prng.chance(0.45) : this.#swarm.has("throw") && prng.chance(0.1);
    const last: Statement[] = fails ? [{ kind: "throw", what: this.#steps.thrown() }] : [];
    return { statements: [...first, ...shiftedLooks(statements, 0, first.length), ...last] };
  }

  #block(room: Room, size: number): Block {
    const statements: Statement[] = [];
    for (let left = size; left > 0; ) {
      const statement = this.#statement(room, left, statements);
      statements.push(statement);
      left -= sizeOfStatement(statement);
    }
    return { statements };
  }

  #statement(room: Room, left: number, before: readonly Statement[]): Statement {
    const kind = this.#kind(room, left, before);
    const statement = this.#make(kind, room, { left, before });
    return this.#canFail(statement) && this.#sometimes("catch", 0.6) && left > 1
      ? { kind: "catch", body: { statements: [statement] } }
      : statement;
  }

  #kind(room: Room, left: number, before: readonly Statement[]): Kind {
    const weights = (kinds: readonly Kind[]) =>
      kinds.map((kind) => [kind, this.#swarm.weight(kind as Feature) * (RARE.get(kind) ?? 1)] as const);
    const wide = room.depth > 0 && left > 1;
    const allowed = ([kind]: readonly [Kind, number]): boolean =>
      (kind !== "if" || before.length > 0) && (kind !== "checkpoint" || this.#checkpoints < 3);
    const options = [...weights(LEAVES), ...(wide ? weights(BLOCKS) : [])].filter(allowed);
    return choose(this.#prng, [["step", 5], ...options]) ?? "step";
  }

  #make(
    kind: Kind,
    room: Room,
    { left, before }: { readonly left: number; readonly before: readonly Statement[] },
  ): Statement {
    const prng = this.#prng;
    switch (kind) {
      case "step":
        return this.#steps.step(this.#name(room, "step"), this.#wish(room));
      case "sleep":
        return this.#waits.sleep(room, this.#name(room, "sleep"));
      case "sleep-until":
        return this.#waits.sleepUntil(room, this.#name(room, "until"));
      case "next":
        return this.#waits.next(room, this.#name(room, "next"));
      case "batch":
        return this.#waits.batch(room, this.#name(room, "batch"));
      case "listen":
        return this.#waits.listen(room, this.#name(room, "listen"));
      case "send":
        return this.#waits.send(this.#steps.value());
      case "checkpoint":
        return this.#checkpoint(room);
      case "removed":
        return { kind, name: this.#name(room, "removed"), removed: prng.pick(REMOVABLE) };
      case "draw":
        return { kind };
      case "if": {
        const [even, odd] = [this.#part(left, 2), this.#part(left, 2)];
        const statement = prng.int(before.length);
        return {
          kind,
          statement,
          even: this.#block(sameScope(room), even),
          odd: this.#block(sameScope(room), odd),
        };
      }
      default:
        return this.#makeBlock(kind, room, left);
    }
  }

  #makeBlock(kind: Kind, room: Room, left: number): Statement {
    const prng = this.#prng;
    switch (kind) {
      case "loop":
        return this.#loop(room, left);
      case "map":
        return this.#map(room, left);
      case "join":
        return { kind, name: this.#name(room, "join"), branches: this.#branches(room, left) };
      case "race":
        return { kind, name: this.#name(room, "race"), branches: this.#branches(room, left) };
      case "try": {
        const kinds = prng.chance(0.6) ? {} : { catch: FAILURE_KINDS.filter(() => prng.chance(0.5)) };
        return {
          kind,
          name: this.#name(room, "try"),
          body: this.#failing(ownScope(room, this.#names()), left),
          ...kinds,
        };
      }
      case "version": {
        const name = this.#name(room, "version");
        const [older, newest] = [this.#part(left, 2), this.#part(left, 2)];
        return {
          kind,
          name,
          latest: prng.between(1, 3),
          older: this.#block(sameScope(room), older),
          newest: this.#block(sameScope(room), newest),
        };
      }
      case "together":
        return this.#together(room, left);
      default:
        return { kind: "catch", body: this.#failing(sameScope(room), left) };
    }
  }

  #checkpoint(room: Room): Statement {
    this.#checkpoints += 1;
    room.armed = true;
    return { kind: "checkpoint", name: this.#name(room, "checkpoint") };
  }

  #loop(room: Room, left: number): LoopStatement {
    const prng = this.#prng;
    const name = this.#name(room, "loop");
    const long = this.#sometimes("long-loops", 0.5);
    const size = long ? prng.between(1, Math.min(2, left - 1)) : prng.between(1, left - 1);
    const most = Math.floor(MOST_WORK / (room.repeats * (size + 1)));
    const times = Math.min(most, long ? prng.pick([30, 60, 200]) : prng.between(0, 6));
    const stateful = prng.chance(0.7);
    const inner = ownScope(room, this.#names(), Math.max(1, times));
    const { statements } = this.#block(inner, size);
    const ends = this.#sometimes("break", 0.2);
    return {
      kind: "loop",
      name,
      times,
      stateful,
      pruneInterval: prng.between(1, 7),
      historySize: prng.between(0, 7),
      body: { statements: ends ? [...statements, { kind: "break" }] : statements },
    };
  }

  #map(room: Room, left: number): MapStatement {
    const prng = this.#prng;
    const name = this.#name(room, "map");
    const most = Math.floor(MOST_WORK / (room.repeats * left));
    const items = Math.min(prng.between(0, 5), Math.max(1, most));
    const inner = ownScope(room, this.#names(), Math.max(1, items));
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
    const prng = this.#prng;
    const names = this.#names();
    const none = this.#sometimes("refusals", 0.1);
    const count = none ? 0 : prng.between(1, Math.min(4, left - 1));
    return Array.from({ length: count }, () => ({
      name: names.branch(),
      body: this.#block(ownScope(room, this.#names()), this.#part(left, count)),
    }));
  }

  #together(room: Room, left: number): Statement {
    const prng = this.#prng;
    const how = prng.pick(["all", "race", "any", "allSettled"] as const);
    // A step that is left behind by a race is an error of the code: it comes, but not always.
    const kinds = LEAVES.filter((kind) => kind !== "checkpoint" && this.#swarm.has(kind as Feature));
    const waitsOnly = (how === "race" || how === "any") && kinds.length > 0 && prng.chance(0.8);
    const statements = Array.from({ length: prng.between(1, Math.min(4, left - 1)) }, () =>
      this.#make(waitsOnly || (kinds.length > 0 && prng.chance(0.4)) ? prng.pick(kinds) : "step", room, {
        left: 1,
        before: [],
      }),
    );
    return { kind: "together", how, statements };
  }

  /** A block that is likely to fail. */
  #failing(room: Room, left: number): Block {
    const prng = this.#prng;
    const block = this.#block(room, prng.between(1, left - 1));
    if (!prng.chance(0.5)) return block;
    const failure: Statement =
      this.#swarm.has("throw") && prng.chance(0.4)
        ? { kind: "throw", what: this.#steps.thrown() }
        : this.#steps.step(this.#name(room, "fails"), { ...this.#wish(room), armed: false, fails: true });
    return { statements: [...block.statements, failure] };
  }

  /** Whether it throws more often than steps do, which end whole programs if nobody catches it. */
  #canFail(statement: Statement): boolean {
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

  #wish(room: Room) {
    const early = this.#sometimes("refusals", 0.02);
    return { armed: room.armed || early, quick: room.repeats > 5 };
  }

  #part(left: number, parts: number): number {
    return this.#prng.between(0, Math.max(1, Math.floor((left - 1) / parts)));
  }

  #name(room: Room, stem: string): string {
    if (this.#sometimes("refusals", 0.01)) return this.#prng.pick(REFUSED_NAMES);
    return room.names.operation(stem);
  }

  #names(): NameGiver {
    return new NameGiver(this.#prng, this.#nasty);
  }

  #sometimes(feature: Feature, probability: number): boolean {
    return this.#swarm.chance(this.#prng, feature, probability);
  }
}
