import type { Block, Branch, Program, Statement, StepStatement } from "../program/program.ts";

/** Programs that are smaller by one thing each: the largest cuts first. */
export function* smallerPrograms(program: Program): Generator<Program> {
  const { newer, breaksRules: _, ...older } = program;
  if (newer === undefined) {
    for (const block of smallerBlocks(program.body)) yield { ...program, body: block };
    return;
  }
  yield older;
  // What is cut from one version alone is not what the other has.
  for (const block of smallerBlocks(newer)) yield { ...program, newer: block, breaksRules: true };
  for (const block of smallerBlocks(program.body)) yield { ...program, body: block, breaksRules: true };
}

function* smallerBlocks({ statements }: Block): Generator<Block> {
  for (let size = statements.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from + size <= statements.length; from += size) {
      yield { statements: [...statements.slice(0, from), ...statements.slice(from + size)] };
    }
  }
  for (const [place, statement] of statements.entries()) {
    for (const instead of smallerStatements(statement)) {
      yield { statements: [...statements.slice(0, place), ...instead, ...statements.slice(place + 1)] };
    }
  }
}

/** What may stand in the place of a statement. */
function* smallerStatements(statement: Statement): Generator<readonly Statement[]> {
  switch (statement.kind) {
    case "step":
      for (const step of smallerSteps(statement)) yield [step];
      return;
    case "loop":
      if (statement.times > 1) yield [{ ...statement, times: Math.ceil(statement.times / 2) }];
      for (const body of smallerBlocks(statement.body)) yield [{ ...statement, body }];
      return;
    case "map":
      if (statement.items > 1) yield [{ ...statement, items: Math.ceil(statement.items / 2) }];
      for (const body of smallerBlocks(statement.body)) yield [{ ...statement, body }];
      return;
    case "try":
    case "catch":
      yield statement.body.statements;
      for (const body of smallerBlocks(statement.body)) yield [{ ...statement, body }];
      return;
    case "join":
    case "race":
      for (const branches of smallerBranches(statement.branches)) yield [{ ...statement, branches }];
      return;
    case "version":
      for (const older of smallerBlocks(statement.older)) yield [{ ...statement, older }];
      for (const newest of smallerBlocks(statement.newest)) yield [{ ...statement, newest }];
      return;
    case "if":
      for (const even of smallerBlocks(statement.even)) yield [{ ...statement, even }];
      for (const odd of smallerBlocks(statement.odd)) yield [{ ...statement, odd }];
      return;
    case "together":
      yield statement.statements;
      for (const { statements } of smallerBlocks(statement)) yield [{ ...statement, statements }];
      return;
  }
}

function* smallerBranches(branches: readonly Branch[]): Generator<readonly Branch[]> {
  for (const [place, branch] of branches.entries()) {
    yield [...branches.slice(0, place), ...branches.slice(place + 1)];
    for (const body of smallerBlocks(branch.body)) {
      yield [...branches.slice(0, place), { ...branch, body }, ...branches.slice(place + 1)];
    }
  }
}

function* smallerSteps(step: StepStatement): Generator<StepStatement> {
  const { handler, ...bare } = step;
  if (handler !== undefined) yield bare;
  if (step.attempts.length > 1) {
    yield { ...step, attempts: step.attempts.slice(1) };
    yield { ...step, attempts: step.attempts.slice(0, 1) };
  }
  if (step.attempts.some(({ deaths }) => deaths !== undefined))
    yield { ...step, attempts: step.attempts.map(({ deaths: _, ...attempt }) => attempt) };
  if (step.heartbeatMs !== undefined) {
    const { heartbeatMs: _, ...patient } = step;
    yield patient;
  }
  if (step.timeoutMs > 0) yield { ...step, timeoutMs: 0 };
  if (step.attempts.some(({ ms }) => ms > 0))
    yield { ...step, attempts: step.attempts.map((attempt) => ({ ...attempt, ms: 0 })) };
}
