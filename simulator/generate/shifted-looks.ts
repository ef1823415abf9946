import type { Statement } from "../program/program.ts";

/** Statements as they are when others were put in: what their `if`s look at, from place `at` on, is `by` places further. */
export function shiftedLooks(statements: readonly Statement[], at: number, by: number): Statement[] {
  return statements.map((statement) =>
    statement.kind === "if" && statement.statement >= at
      ? { ...statement, statement: statement.statement + by }
      : statement,
  );
}
