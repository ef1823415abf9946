import { kept } from "./block-values.ts";
import { performCatch } from "./perform-catch.ts";
import { performDraw, performIf } from "./perform-code.ts";
import { performCheckpoint, performRemoved, performVersion } from "./perform-code-change.ts";
import { performJoin, performMap, performRace } from "./perform-fan-out.ts";
import { performLeft } from "./perform-left.ts";
import { performLoop } from "./perform-loop.ts";
import { performBatch, performListen, performNext, performSend } from "./perform-message.ts";
import { performSleep, performSleepUntil } from "./perform-sleep.ts";
import { performStep } from "./perform-step.ts";
import { performTogether } from "./perform-together.ts";
import { performTry } from "./perform-try.ts";
import type { Block, Statement } from "./program.ts";
import type { BlockResult, ProgramScope } from "./program-scope.ts";
import { namedThrow } from "./throws.ts";

/** Performs the statements of a block one after the other, up to a `break`. */
export async function performBlock(scope: ProgramScope, block: Block, prefix: string): Promise<BlockResult> {
  const values: unknown[] = [];
  for (const [index, statement] of block.statements.entries()) {
    if (statement.kind === "break") return { values, broke: true };
    const position = prefix === "" ? String(index) : `${prefix}.${index}`;
    values.push(kept(await perform(scope, statement, { position, values })));
  }
  return { values, broke: false };
}

/** Where a statement stands: its place among all of its scope, and the values of those before it in its block. */
interface Standing {
  readonly position: string;
  readonly values: readonly unknown[];
}

/** Begins a statement at once, and gives its result. */
function perform(scope: ProgramScope, statement: Statement, at: Standing): Promise<unknown> {
  switch (statement.kind) {
    case "step":
      return performStep(scope, statement);
    case "sleep":
      return performSleep(scope, statement);
    case "sleep-until":
      return performSleepUntil(scope, statement);
    case "next":
      return performNext(scope, statement);
    case "batch":
      return performBatch(scope, statement);
    case "listen":
      return performListen(scope, statement);
    case "send":
      return performSend(scope, statement);
    case "loop":
      return performLoop(scope, statement);
    case "join":
      return performJoin(scope, statement);
    case "race":
      return performRace(scope, statement);
    case "map":
      return performMap(scope, statement);
    case "try":
      return performTry(scope, statement);
    default:
      return performCode(scope, statement, at);
  }
}

/** What has no entry of its own in the history, or is there for the history's sake. */
async function performCode(scope: ProgramScope, statement: Statement, at: Standing): Promise<unknown> {
  switch (statement.kind) {
    case "checkpoint":
      return performCheckpoint(scope, statement);
    case "version":
      return performVersion(scope, statement, at.position);
    case "removed":
      return performRemoved(scope, statement);
    case "if":
      return performIf(scope, statement, at);
    case "together":
      return performTogether(scope, statement, at.position, (inner, index) =>
        perform(scope, inner, { ...at, position: `${at.position}.${index}` }),
      );
    case "draw":
      return performDraw(scope, at.position);
    case "left":
      return performLeft(scope, statement);
    case "own":
      return scope.ports.sleep(statement.forMs);
    case "throw":
      throw namedThrow(statement.what);
    case "catch":
      return performCatch(scope, statement, at.position);
    default:
      throw new RangeError(`A "${statement.kind}" cannot stand here.`);
  }
}
