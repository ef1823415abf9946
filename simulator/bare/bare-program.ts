import type { CrashProgram } from "#holdfast/testing/crash-program.ts";
import type { ScriptedMessage } from "#holdfast/testing/simulated-run.ts";
import { messagesWanted } from "../generate/messages-wanted.ts";
import { compile } from "../program/compile.ts";
import type { ProgramPorts } from "../program/ports.ts";
import type { Program, Statement } from "../program/program.ts";

/** Longer waits end with this: virtual time does not go on for ever. */
const LONGEST_WAIT_MS = 1e9;
/** More messages than one wait takes. */
const MESSAGES_OF_A_WAIT = 8;
/** Bodies end in another order than that of their starts: after so many turns of the queue of microtasks at most. */
const TURNS = 5;

/**
 * A program for an engine without a host, of which a crash changes nothing: what it waits for is there before it, nothing that it draws
 * depends on the process that began it, and no step of it is given up when its process dies.
 */
export function bareProgram(program: Program, name: string, tell: () => void): CrashProgram {
  const steady = JSON.parse(JSON.stringify(program), steadied) as Program;
  const workflow = compile({ name: steady.name, body: steady.body }, 1, quietPorts(tell));
  const messages: ScriptedMessage[] = [];
  for (const [wanted, times] of messagesWanted(steady)) {
    for (let i = 0; i < times * MESSAGES_OF_A_WAIT; i++)
      messages.push({ name: wanted, body: i, id: `${wanted}-${i}` });
  }
  // How far the losers of a race get is left to chance.
  return { name, workflow, input: { run: 0 }, messages, sameEffects: false };
}

function steadied(key: string, value: unknown): unknown {
  if (key === "statements") return (value as readonly Statement[]).filter(isSteady);
  if (key === "atMostOnce") return false;
  return typeof value === "number" ? Math.min(value, LONGEST_WAIT_MS) : value;
}

/** No draw, and no race of draws alone: that of nothing never ends. */
function isSteady(statement: Statement): boolean {
  if (statement.kind === "together") return statement.statements.length > 0;
  return statement.kind !== "draw";
}

/** A process in which bodies take no time and kill nobody. */
function quietPorts(tell: () => void): ProgramPorts {
  let passes = 0;
  return {
    record: tell,
    sleep: async (ms) => {
      for (let turn = 0; turn < ms % TURNS; turn++) await null;
    },
    die: () => false,
    workflowId: (run) => `run-${run}`,
    nextStart: () => 1,
    nextPass: () => ++passes,
  };
}
