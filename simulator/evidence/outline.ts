import { escapeName } from "#holdfast/history/location.ts";
import type { Block, Program, Statement } from "../program/program.ts";

/** What the code of a program can do at each place, whichever way it goes. */
export interface Outline {
  /** The statements that can stand at an entry's path. */
  at(path: string): readonly Statement[];
  readonly all: readonly Statement[];
}

const known = new WeakMap<Program, Outline>();

/** The outline of both versions of a program. */
export function outlineOf(program: Program): Outline {
  let outline = known.get(program);
  if (outline === undefined) {
    const walk = new Walk();
    walk.block(program.body, []);
    if (program.newer !== undefined) walk.block(program.newer, []);
    const { places, all } = walk;
    outline = { at: (path) => places.get(patternOf(path)) ?? [], all };
    known.set(program, outline);
  }
  return outline;
}

/** A path with all iterations and items of a block alike. */
function patternOf(path: string): string {
  return path.replace(/(^|\/)#\d+/g, "$1#").replace(/(^|\/)\[\d+\]/g, "$1[]");
}

class Walk {
  readonly places = new Map<string, Statement[]>();
  readonly all: Statement[] = [];

  block({ statements }: Block, prefix: readonly string[]): void {
    for (const statement of statements) this.#statement(statement, prefix);
  }

  #statement(statement: Statement, prefix: readonly string[]): void {
    this.all.push(statement);
    const inside = (...more: readonly string[]): readonly string[] => [...prefix, ...more];
    const here = "name" in statement ? escapeName(statement.name) : null;
    if (statement.kind === "send") this.#place(inside(`>${here}`, "[]"), statement);
    else if (here !== null) this.#place(inside(here), statement);
    for (const [block, path] of blocksIn(statement, here ?? "")) this.block(block, inside(...path));
  }

  #place(path: readonly string[], statement: Statement): void {
    const pattern = path.join("/");
    const statements = this.places.get(pattern) ?? [];
    this.places.set(pattern, statements);
    statements.push(statement);
  }
}

/** The blocks in a statement, and what their paths have besides that of the scope around. */
function blocksIn(statement: Statement, here: string): readonly (readonly [Block, readonly string[]])[] {
  switch (statement.kind) {
    case "loop":
      return [[statement.body, [here, "#"]]];
    case "map":
      return [[statement.body, [here, "[]"]]];
    case "try":
      return [[statement.body, [here]]];
    case "join":
    case "race":
      return statement.branches.map(({ name, body }) => [body, [here, `~${escapeName(name)}`]]);
    case "version":
      return [
        [statement.older, []],
        [statement.newest, []],
      ];
    case "if":
      return [
        [statement.even, []],
        [statement.odd, []],
      ];
    case "catch":
      return [[statement.body, []]];
    case "together":
      return [[statement, []]];
    case "left":
      return [[{ statements: [statement.begins] }, []]];
    default:
      return [];
  }
}
