import type { Block, Statement } from "./program.ts";

/** The blocks inside a statement, with how often each runs when the statement does: 1, or as often as it is repeated. */
export function blocksInside(
  statement: Statement,
): readonly { readonly block: Block; readonly repeats: number }[] {
  switch (statement.kind) {
    case "loop":
      return [{ block: statement.body, repeats: statement.times }];
    case "map":
      return [{ block: statement.body, repeats: statement.items }];
    case "try":
    case "catch":
      return [once(statement.body)];
    case "join":
    case "race":
      return statement.branches.map(({ body }) => once(body));
    case "version":
      return [once(statement.older), once(statement.newest)];
    case "if":
      return [once(statement.even), once(statement.odd)];
    case "together":
      return [once({ statements: statement.statements })];
    case "left":
      return [once({ statements: [statement.begins] })];
    default:
      return [];
  }
}

/** Statements of a block, with those inside of them. */
export function sizeOf({ statements }: Block): number {
  return statements.reduce((sum, statement) => sum + sizeOfStatement(statement), 0);
}

export function sizeOfStatement(statement: Statement): number {
  return blocksInside(statement).reduce((sum, { block }) => sum + sizeOf(block), 1);
}

/** Calls `visit` for every statement of a block and inside of it, with how often it runs at most. */
export function visitStatements(
  { statements }: Block,
  visit: (statement: Statement, repeats: number) => void,
  repeats = 1,
): void {
  for (const statement of statements) {
    visit(statement, repeats);
    for (const inside of blocksInside(statement)) {
      visitStatements(inside.block, visit, repeats * inside.repeats);
    }
  }
}

function once(block: Block): { readonly block: Block; readonly repeats: number } {
  return { block, repeats: 1 };
}
