import type { Block, Statement } from "../../program/program.ts";
import { blocksInside } from "../../program/walk.ts";

/** The names of the operations of each scope of a program; messages that are sent have none. */
export function namesByScope(block: Block): readonly (readonly string[])[] {
  const scopes: string[][] = [];
  const enter = (inner: Block, names: string[]): void => {
    for (const statement of inner.statements) {
      if ("name" in statement && statement.kind !== "send") names.push(statement.name);
      for (const { block: inside } of blocksInside(statement)) {
        if (hasOwnScope(statement)) enter(inside, scope());
        else enter(inside, names);
      }
    }
  };
  const scope = (): string[] => {
    const names: string[] = [];
    scopes.push(names);
    return names;
  };
  enter(block, scope());
  return scopes;
}

/** How deep blocks are nested in a block. */
export function depthOf({ statements }: Block): number {
  return Math.max(
    0,
    ...statements.flatMap((each) => blocksInside(each).map(({ block }) => 1 + depthOf(block))),
  );
}

/** What is in a place where it means nothing: an `if` that looks at nothing, a `break` that is not a loop's last. */
export function misplaced(block: Block, inLoop = false): readonly Statement[] {
  return block.statements.flatMap((statement, index) => [
    ...(isMisplaced(statement, index, inLoop && index === block.statements.length - 1) ? [statement] : []),
    ...blocksInside(statement).flatMap(({ block: inside }) => misplaced(inside, statement.kind === "loop")),
  ]);
}

function isMisplaced(statement: Statement, index: number, mayBreak: boolean): boolean {
  if (statement.kind === "break") return !mayBreak;
  return statement.kind === "if" && !(statement.statement >= 0 && statement.statement < index);
}

function hasOwnScope({ kind }: Statement): boolean {
  return ["loop", "join", "race", "map", "try"].includes(kind);
}
