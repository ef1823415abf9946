import { caughtValue, keptText } from "../program/block-values.ts";
import { canonicalText } from "../program/canonical.ts";
import type { Block, Statement, StatementOf } from "../program/program.ts";
import { visitStatements } from "../program/walk.ts";
import { type End, type Failure, listText, objectText, Undecided, type Value, value } from "./end.ts";
import type { Interpreting, Standing } from "./interpreting.ts";
import type { ScopePlace } from "./place.ts";

/** What the language's own combinators make of statements that are all begun at once. */
export function endOfTogether(
  interpreter: Interpreting,
  { how, statements }: StatementOf<"together">,
  { scope, ...standing }: Standing & { readonly scope: ScopePlace },
): End {
  // Sends of one name are told apart by the order in which strands come to them.
  if (statements.some(sendsLater)) throw new Undecided("sends of strands that run together");
  // Who asks for a message while one that another strand received has no answer yet is refused.
  const answering = statements.filter(answers);
  if (answering.length > 0 && receives(statements) > 1)
    throw new Undecided("strands that ask while one answers");
  const ends = statements.map((statement, index) =>
    interpreter.statement(statement, scope, { ...standing, position: `${standing.position}.${index}` }),
  );
  for (const [index, end] of ends.entries())
    if (end === null) leave(interpreter, statements[index] as Statement, scope);
  const end = combined(how, ends, standing.at);
  const isLeft = (strand: End): boolean => strand === null || (end !== null && strand.at > end.at);
  if (ends.some((strand, index) => isLeft(strand) && answers(statements[index] as Statement)))
    throw new Undecided("a strand that may be left with a message");
  return end;
}

/** What becomes of the strands' ends, when they began after the result `at`. */
function combined(how: StatementOf<"together">["how"], ends: readonly End[], at: number): End {
  const settled = ends.filter((end) => end !== null);
  const all = settled.length === ends.length;
  const last = Math.max(at, ...settled.map((end) => end.at));
  const failures = settled.filter((end): end is Failure => !end.ok);
  const values = settled.filter((end): end is Value => end.ok);
  switch (how) {
    case "all":
      if (failures.length > 0) return first(failures);
      return all ? value(listText(values.map(({ text }) => keptText(text))), last) : null;
    case "race": {
      const winner = first(settled);
      return winner?.ok ? value(keptText(winner.text), winner.at) : winner;
    }
    case "any": {
      const winner = first(values);
      if (winner !== null) return value(keptText((winner as Value).text), winner.at);
      if (!all) return null;
      const errors = failures.map(({ error }) => error);
      const error = new AggregateError(errors, "All promises were rejected");
      return { ok: false, error, origin: null, at: last };
    }
    case "allSettled":
      return all ? value(listText(settled.map(settledText)), last) : null;
  }
}

/** A strand that has not ended: whoever goes on without it leaves it behind, and what still runs is told. */
function leave(interpreter: Interpreting, statement: Statement, scope: ScopePlace): void {
  if (statement.kind === "step") scope.running.push(scope.named(statement.name));
  else
    visitStatements({ statements: [statement] }, ({ kind }) => {
      if (kind === "step") interpreter.unsure = true;
    });
}

function settledText(end: Value | Failure): string {
  if (end.ok) return objectText({ value: keptText(end.text) });
  return objectText({ rejected: canonicalText(caughtValue(end.error)) });
}

/** The one that settled first; of two that settle in one turn, microtasks decide. */
function first(ends: readonly (Value | Failure)[]): End {
  const [one, two] = ends.toSorted((a, b) => a.at - b.at);
  if (one === undefined) return null;
  if (two !== undefined && two.at === one.at) throw new Undecided("two settle in one turn");
  return one;
}

/** Whether the statement receives messages that it answers. */
function answers(statement: Statement): boolean {
  let found = false;
  visitStatements({ statements: [statement] }, (inside) => {
    if ("answers" in inside && inside.answers) found = true;
  });
  return found;
}

/** How many waits for messages there are. */
function receives(statements: readonly Statement[]): number {
  let waits = 0;
  visitStatements({ statements }, ({ kind }) => {
    if (kind === "next" || kind === "batch" || kind === "listen") waits++;
  });
  return waits;
}

/** Whether the statement sends in this scope, and not at once. */
function sendsLater(statement: Statement): boolean {
  const inside = (block: Block): boolean =>
    block.statements.some((one) => one.kind === "send" || sendsLater(one));
  switch (statement.kind) {
    case "catch":
      return inside(statement.body);
    case "version":
      return inside(statement.older) || inside(statement.newest);
    case "if":
      return inside(statement.even) || inside(statement.odd);
    case "together":
      return statement.statements.some(sendsLater);
    default:
      return false;
  }
}
