import type { Block, Statement } from "../program/program.ts";
import type { Prng } from "../random/prng.ts";
import type { StepWriter } from "./generate-step.ts";
import { shiftedLooks } from "./shifted-looks.ts";

/** Names of this generation of code alone: older code has none of them. */
const NEW_NAMES = "newer";

/**
 * The code after a deploy that keeps to the rules: steps are added behind `getVersion`, and steps without handlers are
 * replaced by `removed`. Only blocks that are scopes are changed, and nothing that an `if` looks at: what is decided by
 * values must be decided as before.
 */
export function newerBlock(prng: Prng, body: Block, steps: StepWriter): Block {
  let edits = 0;
  const edit = (block: Block): Block => {
    const looked = new Set(block.statements.map((each) => (each.kind === "if" ? each.statement : -1)));
    const statements = block.statements.map((statement, index) => {
      if (isRemovable(statement) && !looked.has(index) && prng.chance(0.25)) {
        edits += 1;
        return { kind: "removed", name: statement.name, removed: "step" } as const;
      }
      return editInside(statement, edit);
    });
    if (edits > 0 && !prng.chance(0.4)) return { statements };
    edits += 1;
    return inserted(statements, prng.int(statements.length + 1), addition(steps, edits));
  };
  return edit(body);
}

function isRemovable(statement: Statement): statement is Extract<Statement, { kind: "step" }> {
  return statement.kind === "step" && statement.handler === undefined;
}

function addition(steps: StepWriter, number: number): Statement {
  return {
    kind: "version",
    name: `${NEW_NAMES}-gate-${number}`,
    latest: 2,
    older: { statements: [] },
    newest: { statements: [steps.step(`${NEW_NAMES}-step-${number}`, { armed: false, quick: true })] },
  };
}

/** Where something is put in, what `if` looks at moves. A `break` stays the last. */
function inserted(statements: readonly Statement[], wanted: number, addition: Statement): Block {
  const end = statements.findIndex(({ kind }) => kind === "break");
  const at = end === -1 ? wanted : Math.min(wanted, end);
  const before = statements.slice(0, at);
  const after = shiftedLooks(statements.slice(at), at, 1);
  return { statements: [...before, addition, ...after] };
}

/** The statement with the scopes inside of it edited. */
function editInside(statement: Statement, edit: (block: Block) => Block): Statement {
  switch (statement.kind) {
    case "loop":
    case "map":
    case "try":
      return { ...statement, body: edit(statement.body) };
    case "join":
    case "race":
      return {
        ...statement,
        branches: statement.branches.map((branch) => ({ ...branch, body: edit(branch.body) })),
      };
    default:
      return statement;
  }
}
