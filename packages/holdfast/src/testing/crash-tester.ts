import { recordedPayload } from "../history/message-body.ts";
import { defaultCodec } from "../history/payload.ts";
import type { PlannedFault } from "./crash-driver.ts";
import type { CrashProgram } from "./crash-program.ts";
import { CrashTestError } from "./crash-test-error.ts";
import { endingText } from "./ending-text.ts";
import { replay } from "./replay.ts";
import {
  type Ending,
  idOf,
  type ScriptedMessage,
  SIMULATED_ID,
  SimulatedRun,
  type Simulation,
} from "./simulated-run.ts";

/** What made the difference most likely, where it is the workflow's and not the engine's. */
const LIKELY_CAUSE =
  "Does the workflow keep something in a variable that a block changes, or ask the clock or chance outside of a step?";

/** What must be the same with and without faults. */
interface Reference {
  readonly ending: string;
  readonly allowed: readonly string[];
  readonly attempts: readonly string[];
  readonly consumed: string;
  readonly answers: string;
  readonly operations: number;
}

/** Runs one program with faults and checks what came of it. */
export class CrashTester {
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
      allowed: alsoAllowed.map((output) => endingText({ state: "completed", output })),
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
      return endingText(await run.run(faults));
    } catch (error) {
      const problems = [(error as Error).message, ...run.problems, ...run.ledger.problems];
      throw new CrashTestError(this.#name, faults, problems, { cause: error });
    }
  }

  async #problems(run: SimulatedRun, reference: Reference, ending: string): Promise<string[]> {
    const problems = [...run.problems, ...run.ledger.problems, ...run.history.problems];
    if (ending !== reference.ending && !reference.allowed.includes(ending)) {
      problems.push(
        `the run ended as\n    ${ending}\n  instead of\n    ${reference.ending}\n  ${LIKELY_CAUSE}`,
      );
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
    problems.push(...uncompensated(run));
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
    const again = endingText((await run.onePass()) as Ending);
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

  /**
   * Passes over a run that is not due yet write nothing, and change nothing of what comes. One for which time passes has waited in
   * memory for a retry that was due soon.
   */
  async #checkEarlyPasses(ending: string): Promise<void> {
    if (this.#program.mode === "live") return;
    const run = new SimulatedRun(this.#program);
    const problems: string[] = [];
    const early = async (): Promise<void> => {
      const [before, since] = [dumpText(run), run.clock.now()];
      await run.onePass();
      const rested = run.clock.now() === since;
      if (rested && dumpText(run) !== before)
        problems.push("P13: a pass over the resting run wrote something");
    };
    const same = endingText(await run.run([], early)) === ending;
    if (!same) problems.push("with passes in between the run ended otherwise");
    if (problems.length > 0) throw new CrashTestError(`${this.#name} with early passes`, [], problems);
  }
}

/** Steps that a rollback has left: those behind a handler that failed for good are to be left. */
function uncompensated({ history, ledger }: SimulatedRun): string[] {
  const { steps } = history;
  const begun = ledger.effects.some(({ kind, outcome }) => kind === "handler" && outcome === "ok");
  const failed = steps.some(({ entry }) => (entry.compensation?.failure ?? null) !== null);
  if (!begun || failed) return [];
  const left = steps.filter(({ entry }) => entry.armed && entry.compensation?.done !== true);
  return left.map(({ location }) => `P12: "${location}" was not compensated`);
}

function dumpText(run: SimulatedRun): string {
  const text = (_key: string, value: unknown): unknown =>
    value instanceof Uint8Array ? value.toString() : typeof value === "bigint" ? `${value}n` : value;
  return JSON.stringify(run.storage.dump(), text);
}
