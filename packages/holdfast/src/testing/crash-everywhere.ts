import { recordedPayload } from "../history/message-body.ts";
import { defaultCodec } from "../history/payload.ts";
import { checkBoolean, checkName, checkWords } from "../model/check.ts";
import { HoldfastError } from "../model/errors/holdfast-error.ts";
import { checkGiven, type OptionNames, optionNames } from "../model/option-names.ts";
import { definitionOf } from "../model/workflow.ts";
import { FAULTS, type Fault, type PlannedFault } from "./crash-driver.ts";
import { replay } from "./replay.ts";
import {
  type Ending,
  idOf,
  type ScriptedMessage,
  SIMULATED_ID,
  SimulatedRun,
  type Simulation,
} from "./simulated-run.ts";

/** A workflow for `crashEverywhere`, and what is expected of it. */
export interface CrashProgram extends Omit<Simulation, "mode"> {
  readonly name: string;
  /** Outputs that a run with crashes may have besides the one without, such as that of an interrupted step. */
  readonly alsoAllowed?: readonly unknown[];
  /**
   * Whether runs with crashes start the same attempts as the one without: not where a race leaves it open how far its
   * losers get. @default true
   */
  readonly sameEffects?: boolean;
}

/** Options of `crashEverywhere`. */
export interface CrashOptions {
  /** @default both, one after the other */
  readonly modes?: readonly ("yield" | "live")[];
  /** @default crashes before and after every operation */
  readonly faults?: readonly Fault[];
  /** Whether the process that recovers from the first fault meets a second one, at each of its operations. @default false */
  readonly double?: boolean;
}

/** What was tried. */
export interface CrashReport {
  /** Storage operations of the run without faults, per mode. */
  readonly operations: Readonly<Record<string, number>>;
  /** Runs with a fault, each checked. */
  readonly cases: number;
}

/** Thrown when a run with faults did not keep a promise. */
export class CrashTestError extends Error {
  /** Which faults were injected, first process first. */
  readonly faults: readonly (readonly PlannedFault[])[];

  constructor(
    name: string,
    faults: readonly (readonly PlannedFault[])[],
    problems: readonly string[],
    options?: ErrorOptions,
  ) {
    const told = faults
      .map((list) => list.map(({ operation, fault }) => `${fault} at ${operation}`).join(" and "))
      .join(", then ");
    super(`${name}, ${told === "" ? "without faults" : told}:\n- ${problems.join("\n- ")}`, options);
    this.name = "CrashTestError";
    this.faults = faults;
  }
}

/** What must be the same with and without faults. */
interface Reference {
  readonly ending: string;
  readonly allowed: readonly string[];
  readonly attempts: readonly string[];
  readonly consumed: string;
  readonly answers: string;
  readonly operations: number;
}

/**
 * Runs a program without faults, then again with a fault at each of its storage operations, and checks each time that
 * the run comes to the same end, that no committed body or handler starts again, that messages are consumed once, that
 * handlers run in reverse order of commit, that nothing is left behind, and that replaying the end writes nothing.
 *
 * @throws CrashTestError at the first promise that was not kept; InvalidArgumentError
 *
 * @example
 * await crashEverywhere({ name: "order", workflow: order, input: { orderId: "1" } });
 */
export async function crashEverywhere(
  program: CrashProgram,
  options: CrashOptions = {},
): Promise<CrashReport> {
  checkProgram(program, options);
  const { modes = ["yield", "live"], faults = ["crash-before", "crash-after"], double = false } = options;
  const operations: Record<string, number> = {};
  let cases = 0;
  for (const mode of modes) {
    const tester = new CrashTester({ ...program, mode });
    const reference = await tester.reference();
    operations[mode] = reference.operations;
    for (let operation = 1; operation <= reference.operations; operation++) {
      for (const fault of faults) {
        const first: PlannedFault = { operation, fault };
        const recovery = await tester.check(reference, [[first]]);
        cases += 1;
        if (!double) continue;
        for (let next = 1; next <= recovery; next++) {
          for (const again of faults) {
            await tester.check(reference, [[first], [{ operation: next, fault: again }]]);
            cases += 1;
          }
        }
      }
    }
  }
  return { operations, cases };
}

/** @throws InvalidArgumentError */
function checkProgram(program: CrashProgram, options: CrashOptions): void {
  checkGiven(program, "The program of crashEverywhere", PROGRAM);
  checkName(program.name, "The name of the program");
  definitionOf(program.workflow);
  checkGiven(options, "The options of crashEverywhere", OPTIONS);
  const { modes = [], faults = [], double = false } = options;
  checkWords(modes, "modes", ["yield", "live"]);
  checkWords(faults, "faults", FAULTS);
  checkBoolean(double, "double");
}

const PROGRAM: OptionNames = optionNames<CrashProgram>({
  name: true,
  workflow: true,
  input: true,
  messages: true,
  codec: true,
  limits: true,
  through: true,
  alsoAllowed: true,
  sameEffects: true,
});
const OPTIONS: OptionNames = optionNames<CrashOptions>({ modes: true, faults: true, double: true });

/** Runs one program with faults and checks what came of it. */
class CrashTester {
  readonly #program: CrashProgram & Simulation;

  constructor(program: CrashProgram & Simulation) {
    this.#program = program;
  }

  get #name(): string {
    return `${this.#program.name} (${this.#program.mode})`;
  }

  async reference(): Promise<Reference> {
    const run = new SimulatedRun(this.#program);
    const problems: string[] = [];
    const ending = await this.#run(run, []);
    for (const [attempt, starts] of run.ledger.starts()) {
      if (starts > 1) problems.push(`P2: the ${attempt} was started ${starts} times without any fault`);
    }
    const { alsoAllowed = [] } = this.#program;
    const reference: Reference = {
      ending,
      allowed: alsoAllowed.map((output) => describeEnding({ state: "completed", output })),
      attempts: run.ledger.attempts,
      consumed: this.#consumed(run),
      answers: await this.#answers(run),
      operations: run.drivers[0]?.operations.length ?? 0,
    };
    problems.push(...(await this.#problems(run, reference, ending)));
    if (problems.length > 0) throw new CrashTestError(this.#name, [], problems);
    await this.#checkEarlyPasses(ending);
    return reference;
  }

  /** Runs with faults; returns the operations of the process that came after the first fault. */
  async check(reference: Reference, faults: readonly (readonly PlannedFault[])[]): Promise<number> {
    const run = new SimulatedRun(this.#program);
    const ending = await this.#run(run, faults);
    const problems = await this.#problems(run, reference, ending);
    if (problems.length > 0) throw new CrashTestError(this.#name, faults, problems);
    return run.drivers[1]?.operations.length ?? 0;
  }

  async #run(run: SimulatedRun, faults: readonly (readonly PlannedFault[])[]): Promise<string> {
    try {
      return describeEnding(await run.run(faults));
    } catch (error) {
      const problems = [(error as Error).message, ...run.problems, ...run.ledger.problems];
      throw new CrashTestError(this.#name, faults, problems, { cause: error });
    }
  }

  async #problems(run: SimulatedRun, reference: Reference, ending: string): Promise<string[]> {
    const problems = [...run.problems, ...run.ledger.problems, ...run.history.problems];
    if (ending !== reference.ending && !reference.allowed.includes(ending)) {
      problems.push(`the run ended as\n    ${ending}\n  instead of\n    ${reference.ending}`);
    }
    for (const [attempt, starts] of run.ledger.starts()) {
      if (starts > 1 + run.deaths)
        problems.push(`P2: the ${attempt} was started ${starts} times with ${run.deaths} deaths`);
    }
    const { sameEffects = true } = this.#program;
    const attempts = new Set(run.ledger.attempts);
    const missing = reference.attempts.filter((attempt) => !attempts.delete(attempt));
    if (sameEffects && ending === reference.ending) {
      if (missing.length > 0) problems.push(`not started: the ${missing.join("; the ")}`);
      if (attempts.size > 0) problems.push(`started in addition: the ${[...attempts].join("; the ")}`);
    }
    for (const { location, entry } of run.history.steps) {
      const undone = entry.compensation?.done === true;
      const rolledBack = run.ledger.effects.some(
        (effect) => effect.kind === "handler" && effect.outcome === "ok",
      );
      if (entry.armed && rolledBack && !undone) problems.push(`P12: "${location}" was not compensated`);
    }
    const consumed = this.#consumed(run);
    if (consumed !== reference.consumed)
      problems.push(`P7: consumed ${consumed} instead of ${reference.consumed}`);
    const answers = await this.#answers(run);
    if (answers !== reference.answers)
      problems.push(`the answers are ${answers} instead of ${reference.answers}`);
    problems.push(...(await this.#lost(run)), ...(await this.#replayProblems(run, ending)));
    return problems;
  }

  /** Messages whose sending was acknowledged and which are nowhere: neither consumed nor queued. */
  async #lost(run: SimulatedRun): Promise<string[]> {
    if (run.sent.length === 0) return [];
    const messages = await run.storage.peekMessages(null, Number.MAX_SAFE_INTEGER);
    const queued = new Set(messages.map(({ id }) => id));
    const there = (id: string): boolean => queued.has(id) || run.history.consumed.has(id);
    return run.sent.filter((id) => !there(id)).map((id) => `P7: message ${id} is lost`);
  }

  #consumed(run: SimulatedRun): string {
    const scripted = (this.#program.messages ?? []).map(idOf);
    return JSON.stringify(scripted.filter((id) => run.history.consumed.has(id)));
  }

  async #answers(run: SimulatedRun): Promise<string> {
    const asked = (this.#program.messages ?? []).map((message: ScriptedMessage, index) => ({
      ...message,
      id: idOf(message, index),
    }));
    const answers: unknown[] = [];
    for (const { id, completable } of asked) {
      const response = completable === true ? await run.storage.readResponse(id) : null;
      if (response !== null) answers.push([id, defaultCodec.decode(recordedPayload(response))]);
    }
    return JSON.stringify(answers);
  }

  /** Replaying the end writes nothing (P13) and gives the same; the code fits what is recorded. */
  async #replayProblems(run: SimulatedRun, ending: string): Promise<string[]> {
    const { transactions } = run.storage.stats;
    const problems: string[] = [];
    const again = describeEnding((await run.onePass()) as Ending);
    if (again !== ending)
      problems.push(`P13: the finished run gives\n    ${again}\n  instead of\n    ${ending}`);
    const { codec, limits } = this.#program;
    const settings = {
      ...(codec === undefined ? {} : { codec }),
      ...(limits === undefined ? {} : { limits }),
    };
    try {
      await replay(this.#program.workflow, run.storage, { workflowId: SIMULATED_ID, ...settings });
    } catch (error) {
      problems.push(`the code does not fit the history that it wrote: ${(error as Error).message}`);
    }
    if (run.storage.stats.transactions !== transactions)
      problems.push("P13: replaying the finished run wrote something");
    return problems;
  }

  /** Passes over a run that is not due yet write nothing, and change nothing of what comes. */
  async #checkEarlyPasses(ending: string): Promise<void> {
    if (this.#program.mode === "live") return;
    const run = new SimulatedRun(this.#program);
    const problems: string[] = [];
    const early = async (): Promise<void> => {
      const before = dumpText(run);
      await run.onePass();
      if (dumpText(run) !== before) problems.push("P13: a pass over the resting run wrote something");
    };
    const same = describeEnding(await run.run([], early)) === ending;
    if (!same) problems.push("with passes in between the run ended otherwise");
    if (problems.length > 0) throw new CrashTestError(`${this.#name} with early passes`, [], problems);
  }
}

function dumpText(run: SimulatedRun): string {
  const text = (_key: string, value: unknown): unknown =>
    value instanceof Uint8Array ? value.toString() : typeof value === "bigint" ? `${value}n` : value;
  return JSON.stringify(run.storage.dump(), text);
}

/** An ending as text that is equal for equal endings. */
function describeEnding(ending: Ending): string {
  if ("error" in ending) return `${ending.state}: ${describeError(ending.error, 0)}`;
  return `${ending.state}: ${new TextDecoder().decode(defaultCodec.encode(ending.output, "output"))}`;
}

function describeError(error: unknown, depth: number): string {
  if (!(error instanceof Error) || depth > 5) return String(error);
  const code = HoldfastError.is(error) ? ` [${error.code}]` : "";
  const cause = error.cause === undefined ? "" : ` <- ${describeError(error.cause, depth + 1)}`;
  return `${error.name}${code}: ${error.message}${cause}`;
}
