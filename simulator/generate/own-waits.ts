import type { Block, Program, Statement } from "../program/program.ts";
import type { Prng } from "../random/prng.ts";

const ONCE_MS = [1, 20, 100];
/** In what runs again and again. */
const OFTEN_MS = 1;

/** The program with code that waits for promises of its own at the beginning and at the end of some functions. */
export function withOwnWaits(program: Program, prng: Prng): Program {
  const writer = new OwnWaits(prng);
  const { newer } = program;
  const body = writer.scope(program.body, ONCE_MS);
  return { ...program, body, ...(newer === undefined ? {} : { newer: writer.scope(newer, ONCE_MS) }) };
}

class OwnWaits {
  readonly #prng: Prng;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  /** The block of a function with a context of its own. */
  scope(block: Block, waitsMs: readonly number[]): Block {
    const { statements } = this.#inside(block, waitsMs);
    const first = this.#sometimes(waitsMs);
    const last = this.#sometimes(waitsMs);
    return { statements: [...first, ...(first.length === 0 ? statements : statements.map(moved)), ...last] };
  }

  #sometimes(waitsMs: readonly number[]): readonly Statement[] {
    return this.#prng.chance(0.3) ? [{ kind: "own", forMs: this.#prng.pick(waitsMs) }] : [];
  }

  /** A block of the code around: how long that takes may decide what comes first, so that only functions inside wait. */
  #inside({ statements }: Block, waitsMs: readonly number[]): Block {
    return { statements: statements.map((statement) => this.#statement(statement, waitsMs)) };
  }

  #statement(statement: Statement, waitsMs: readonly number[]): Statement {
    switch (statement.kind) {
      case "loop":
      case "map":
        return { ...statement, body: this.scope(statement.body, [OFTEN_MS]) };
      case "try":
        return { ...statement, body: this.scope(statement.body, waitsMs) };
      case "join":
      case "race": {
        const branches = statement.branches.map((branch) => ({
          ...branch,
          body: this.scope(branch.body, waitsMs),
        }));
        return { ...statement, branches };
      }
      case "catch":
        return { ...statement, body: this.#inside(statement.body, waitsMs) };
      case "version":
        return {
          ...statement,
          older: this.#inside(statement.older, waitsMs),
          newest: this.#inside(statement.newest, waitsMs),
        };
      case "if":
        return {
          ...statement,
          even: this.#inside(statement.even, waitsMs),
          odd: this.#inside(statement.odd, waitsMs),
        };
      case "together":
        return { ...statement, statements: this.#inside(statement, waitsMs).statements };
      default:
        return statement;
    }
  }
}

/** Every statement of the block has moved by one place. */
function moved(statement: Statement): Statement {
  return statement.kind === "if" ? { ...statement, statement: statement.statement + 1 } : statement;
}
