import type { Block, Statement, StepStatement } from "../program/program.ts";
import { visitStatements } from "../program/walk.ts";
import type { Prng } from "../random/prng.ts";
import type { StepWriter } from "./generate-step.ts";
import { shiftedLooks } from "./shifted-looks.ts";

/** Names of this generation of code alone: older code has none of them. */
const NEW_NAMES = "newer";

/** What `removed` calls the operations that can be taken out. */
const REMOVED_AS: Readonly<Partial<Record<Statement["kind"], string>>> = {
  step: "step",
  sleep: "sleep",
  "sleep-until": "sleep",
  listen: "message",
  loop: "loop",
  join: "join",
  race: "race",
  map: "map",
  try: "try",
};

/**
 * The code after a deploy that keeps to the rules: steps are added behind `getVersion`, operations without handlers are
 * replaced by `removed`, and steps behind a checkpoint gain a handler. Only blocks that are scopes are changed, and nothing
 * that an `if` looks at: what is decided by values must be decided as before.
 */
export function newerBlock(prng: Prng, body: Block, steps: StepWriter): Block {
  let edits = 0;
  const edit = (block: Block, isBody = false): Block => {
    const looked = new Set(block.statements.map((each) => (each.kind === "if" ? each.statement : -1)));
    const checkpoint = isBody ? block.statements.findIndex(({ kind }) => kind === "checkpoint") : -1;
    const statements = block.statements.map((statement, index) => {
      const removed = looked.has(index) ? null : removal(statement);
      if (removed !== null && prng.chance(0.2)) {
        edits += 1;
        return removed;
      }
      if (checkpoint !== -1 && index > checkpoint && isUnhandled(statement) && prng.chance(0.2)) {
        edits += 1;
        return { ...statement, handler: steps.handler() };
      }
      return editInside(statement, edit);
    });
    if (edits > 0 && !prng.chance(0.4)) return { statements };
    edits += 1;
    return inserted(statements, prng.int(statements.length + 1), addition(steps, edits));
  };
  return edit(body, true);
}

/** The code after a deploy that breaks the rules: an operation has become another one of the same name, or is told as another. */
export function wrongBlock(prng: Prng, { statements }: Block): Block {
  const named = statements.flatMap((statement, index) => (statement.kind === "step" ? [index] : []));
  if (named.length === 0)
    return { statements: [...statements].reverse().filter(({ kind }) => kind !== "if") };
  const wrong = prng.pick(named);
  const instead = (name: string): Statement =>
    prng.chance(0.5) ? { kind: "sleep", name, ms: 1 } : { kind: "removed", name, removed: "sleep" };
  return {
    statements: statements.map((statement, index) =>
      index === wrong && statement.kind === "step" ? instead(statement.name) : statement,
    ),
  };
}

/** What keeps the place of an operation; null for one that cannot be taken out. */
function removal(statement: Statement): Statement | null {
  const removed = REMOVED_AS[statement.kind];
  if (removed === undefined || !("name" in statement)) return null;
  let stays = false;
  visitStatements({ statements: [statement] }, (inside) => {
    // Handlers are owed, and messages that were received with a promise of an answer are answered.
    if (inside.kind === "checkpoint" || ("handler" in inside && inside.handler !== undefined)) stays = true;
    if ("answers" in inside && (inside.answers || inside.forgets)) stays = true;
  });
  return stays ? null : { kind: "removed", name: statement.name, removed };
}

function isUnhandled(statement: Statement): statement is StepStatement {
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
