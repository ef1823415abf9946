import { defaultCodec } from "../history/payload.ts";
import type { WorkflowContext } from "../model/context.ts";
import type { HoldfastError } from "../model/errors/holdfast-error.ts";
import { crashEverywhere } from "./crash-everywhere.ts";
import { LawBench, type LawCode } from "./law-bench.ts";
import { type Perform, type PrimitiveSample, SITES } from "./primitive-sample.ts";
import type { ScriptedMessage } from "./simulated-run.ts";

/** One law, for one primitive. */
export interface LawCase {
  /** A sentence with an outcome. */
  readonly name: string;
  /** Rejects when the law is broken. */
  readonly run: () => Promise<void>;
}

/** Thrown when a primitive breaks a law. */
export class LawError extends Error {
  override readonly name = "LawError";
}

function demand(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new LawError(problem);
}

/**
 * What every primitive keeps: the same result on replay; a crash before or after any storage operation changes nothing;
 * the wrong kind at its place diverges; a name is used once in a scope; a lost race leaves it behind; a rollback goes
 * past it in order; contexts and names are checked. Each primitive's test applies them, then adds its own cases.
 */
export function primitiveLaws(sample: PrimitiveSample): readonly LawCase[] {
  const { kind, lasting, compensable, unrecorded = false, repeatable = false } = sample;
  const laws: (LawCase | null)[] = [
    { name: `a ${kind} gives the same on every replay, which writes nothing`, run: () => replays(sample) },
    ...SITES.map(({ where, enter }) => ({
      name: `a ${kind} ${where} ends the same, whatever storage operation a crash comes before or after`,
      run: () => crashes(sample, (ctx, act) => enter(ctx, act)),
    })),
    unrecorded
      ? null
      : { name: `where a ${kind} is recorded, another kind diverges`, run: () => becomesOther(sample) },
    { name: `where another kind is recorded, a ${kind} diverges`, run: () => replacesOther(sample) },
    repeatable
      ? null
      : { name: `a ${kind} whose name was used in its scope is refused`, run: () => duplicate(sample) },
    repeatable
      ? null
      : { name: `a ${kind} may have a name that another scope has used`, run: () => otherScope(sample) },
    lasting === undefined
      ? null
      : { name: `a ${kind} in a branch that lost its race is left behind`, run: () => losesRace(sample, lasting) },
    { name: `a ${kind} asked for by code that was left behind never settles`, run: () => asksTooLate(sample) },
    { name: `a rollback goes past a ${kind} in strict order`, run: () => rollsBackAround(sample) },
    compensable === undefined
      ? null
      : { name: `steps inside a ${kind} are compensated in order`, run: () => rollsBackInside(sample, compensable) },
    { name: `a ${kind} inside a step body is refused`, run: () => insideBody(sample) },
    { name: `a ${kind} in a block that has ended is refused`, run: () => afterBlock(sample) },
    ...BAD_NAMES.map(({ what, value, code }) => ({
      name: `a ${kind} whose name is ${what} is refused, and nothing is written`,
      run: () => refuses((ctx) => sample.perform(ctx, value as string), { code, messages: sample.messages }),
    })),
  ];
  return laws.filter((law) => law !== null);
}

/** Names that no operation may have. */
const BAD_NAMES: readonly { readonly what: string; readonly value: unknown; readonly code: string }[] = [
  { what: "empty", value: "", code: "INVALID_ARGUMENT" },
  { what: "missing", value: undefined, code: "INVALID_ARGUMENT" },
  { what: "a number", value: 7, code: "INVALID_ARGUMENT" },
  { what: "an array", value: ["op"], code: "INVALID_ARGUMENT" },
  { what: "a symbol", value: Symbol("op"), code: "INVALID_ARGUMENT" },
  { what: "longer than 256 bytes", value: "n".repeat(257), code: "LIMIT" },
  { what: "longer than 256 bytes in UTF-8", value: "é".repeat(129), code: "LIMIT" },
];

const rest = (ctx: WorkflowContext): Promise<void> => ctx.sleep("rest", "1h");

/** What the code throws, at once or later. */
async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** What must come of a refused call. */
export interface Refusal {
  /** Of the error. */
  readonly code: string;
  /** What its message must say. */
  readonly says?: readonly string[];
  readonly messages?: readonly ScriptedMessage[] | undefined;
}

/**
 * A call with a bad argument throws an error of this code, which the code may catch; nothing of the call is written,
 * nothing is received, and the run goes on.
 */
export async function refuses(call: LawCode, { code, says = [], messages = [] }: Refusal): Promise<void> {
  const plain = new LawBench();
  await plain.queue(messages);
  await plain.pass(rest);
  const bench = new LawBench();
  await bench.queue(messages);
  let thrown: unknown;
  await bench.pass(async (ctx) => {
    thrown = await thrownBy(() => call(ctx));
    await rest(ctx);
  });
  const error = thrown as HoldfastError | undefined;
  demand(error !== undefined, "the call was not refused");
  demand(error.code === code, `the error is ${error.code ?? error}: ${error.message}; expected ${code}`);
  for (const part of says) {
    demand(error.message.includes(part), `the error does not say ${JSON.stringify(part)}: ${error.message}`);
  }
  const left = JSON.stringify([await bench.recorded(), bench.contents()]);
  const wanted = JSON.stringify([await plain.recorded(), plain.contents()]);
  demand(left === wanted, `the refused call left ${left}; without it there is ${wanted}`);
}

async function replays({ perform, messages = [] }: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue(messages);
  const seen: string[] = [];
  const code: LawCode = async (ctx) => {
    seen.push(new TextDecoder().decode(defaultCodec.encode(await perform(ctx, "op"), "result")));
    await rest(ctx);
  };
  await bench.passesUntil(code, () => seen.length > 0);
  const bytes = bench.bytes();
  for (let pass = 0; pass < 3; pass++) await bench.pass(code);
  demand(seen.length === 4 && new Set(seen).size === 1, `the results are ${seen.join(" and ")}`);
  demand(bench.bytes() === bytes, "a replay wrote something (P13)");
}

async function crashes(
  { kind, perform, messages = [] }: PrimitiveSample,
  enter: (ctx: WorkflowContext, act: LawCode) => Promise<unknown>,
): Promise<void> {
  const workflow = (ctx: WorkflowContext): Promise<unknown> =>
    enter(ctx, async (inner) => {
      await inner.step("before", () => 1);
      const value = await perform(inner, "op");
      return inner.step("after", () => value);
    });
  // A loop performs it twice.
  await crashEverywhere({ name: kind, workflow, messages: [...messages, ...again(messages)] });
}

function again(messages: readonly ScriptedMessage[]): readonly ScriptedMessage[] {
  return messages.map(({ id: _, ...message }) => message);
}

/** An operation of another kind under the same name. */
function other({ kind }: PrimitiveSample, ctx: WorkflowContext): Promise<unknown> {
  return kind === "sleep" ? ctx.step("op", () => "other") : ctx.sleep("op", 1);
}

async function becomesOther(sample: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue(sample.messages ?? []);
  let performed = false;
  await bench.passesUntil(
    async (ctx) => {
      await sample.perform(ctx, "op");
      performed = true;
      await rest(ctx);
    },
    () => performed,
  );
  await diverges(bench, async (ctx) => {
    await other(sample, ctx);
    await rest(ctx);
  });
}

async function replacesOther(sample: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue(sample.messages ?? []);
  let performed = false;
  await bench.passesUntil(
    async (ctx) => {
      await other(sample, ctx);
      performed = true;
      await rest(ctx);
    },
    () => performed,
  );
  await diverges(bench, async (ctx) => {
    await sample.perform(ctx, "op");
    await rest(ctx);
  });
}

/** The run is paused with an error that names the place, and nothing else happens. */
async function diverges(bench: LawBench, code: LawCode): Promise<void> {
  const { rows, queued } = bench.contents();
  bench.events.length = 0;
  const error = await bench.rejection(code);
  demand(error.name === "HistoryDivergedError", `it rejects with ${error.name}: ${error.message}`);
  demand(error.message.includes("op"), `the error does not name the place: ${error.message}`);
  const state = await bench.start(code).getState();
  demand(state === "paused", `the run is ${state}`);
  const started = bench.events.filter(({ type }) => type === "step-started" || type === "message-in");
  demand(started.length === 0, `something was started: ${started.map(({ type }) => type).join(", ")} (P6)`);
  const after = bench.contents();
  demand(after.rows === rows + 1, `${after.rows - rows} rows were written instead of the reason alone`);
  demand(after.queued === queued, "the queue has changed");
}

async function duplicate(sample: PrimitiveSample): Promise<void> {
  const once = new LawBench();
  const twice = new LawBench();
  for (const bench of [once, twice]) await bench.queue([...(sample.messages ?? []), ...again(sample.messages ?? [])]);
  let done = 0;
  const single: LawCode = async (ctx) => {
    await sample.perform(ctx, "op");
    done += 1;
    await rest(ctx);
  };
  await once.passesUntil(single, () => done > 0);
  const thrown: unknown[] = [];
  await twice.passesUntil(
    async (ctx) => {
      await sample.perform(ctx, "op");
      const same = await thrownBy(() => sample.perform(ctx, "op"));
      thrown.push(same, await thrownBy(() => other(sample, ctx)));
      await rest(ctx);
    },
    () => thrown.length > 0,
  );
  for (const error of thrown as (HoldfastError | undefined)[]) {
    demand(error?.code === "DUPLICATE_NAME", `the second use gives ${error?.code ?? String(error)}`);
    demand(error.message.includes('"op"'), `the error does not name the operation: ${error.message}`);
  }
  const left = JSON.stringify([await twice.recorded(), twice.contents()]);
  const wanted = JSON.stringify([await once.recorded(), once.contents()]);
  demand(left === wanted, `the refused use left ${left}; without it there is ${wanted}`);
}

async function otherScope({ perform, messages = [] }: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue([...messages, ...again(messages)]);
  let done = false;
  await bench.passesUntil(
    async (ctx) => {
      await perform(ctx, "op");
      await ctx.try("block", (inner) => perform(inner, "op"));
      done = true;
      await rest(ctx);
    },
    () => done,
  );
}

async function losesRace({ kind, messages = [] }: PrimitiveSample, lasting: Perform): Promise<void> {
  const seen: string[] = [];
  const reasons: unknown[] = [];
  const workflow = async (ctx: WorkflowContext): Promise<unknown> => {
    const { winner } = await ctx.race<unknown>("race", [
      {
        name: "loser",
        run: async (branch) => {
          branch.abortSignal.addEventListener("abort", () => reasons.push(branch.abortSignal.reason));
          try {
            return await lasting(branch, "op");
          } finally {
            seen.push("the branch went on");
          }
        },
      },
      { name: "winner", run: (branch) => branch.sleep("deadline", "1h") },
    ]);
    // Whatever the loser waited for comes now, and is nobody's.
    await ctx.sleep("rest", "30d");
    return winner;
  };
  await crashEverywhere({ name: kind, workflow, messages, sameEffects: false });
  demand(seen.length === 0, seen.join(", "));
  demand(reasons.length > 0, "the loser's signal was never aborted");
  for (const reason of reasons as HoldfastError[]) {
    demand(reason.code === "BRANCH_ABANDONED", `the reason of the loser's signal is ${reason}`);
  }
  const bench = new LawBench();
  await bench.queue(messages);
  await bench.pass(workflow);
  await bench.clock.advance(3_600_000);
  const { state } = await bench.pass(workflow);
  const left = (await bench.recorded()).filter((id) => id.includes("~loser"));
  demand(state === "sleeping" && left.length === 0, `${left.join(", ")} of the loser is left in the history`);
}

async function asksTooLate({ perform, messages = [] }: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue(messages);
  let settled = "";
  let asked = false;
  await bench.pass(async (ctx) => {
    let leaked: WorkflowContext | undefined;
    await ctx.race<unknown>("race", [
      {
        name: "loser",
        run: (branch) => {
          leaked = branch;
          return branch.sleep("long", "1d");
        },
      },
      { name: "winner", run: (branch) => branch.step("work", () => 1) },
    ]);
    const late = thrownBy(() => perform(leaked as WorkflowContext, "op"));
    asked = true;
    late.then((error) => {
      settled = error === undefined ? "was fulfilled" : `gave ${error}`;
    });
    await rest(ctx);
  });
  await bench.clock.runUntilIdle();
  demand(asked && settled === "", `it ${settled}`);
  const left = (await bench.recorded()).filter((id) => id.includes("op"));
  demand(left.length === 0, `it left ${left.join(", ")}`);
}

/** A step whose handler tells its name. */
function armedStep(undone: string[]): Perform {
  return (ctx, name) =>
    ctx.step({
      name,
      run: () => name,
      rollback: (_ctx, result) => {
        undone.push(result as string);
      },
    });
}

async function rollsBackAround({ kind, perform, messages = [] }: PrimitiveSample): Promise<void> {
  const undone: string[] = [];
  const armed = armedStep(undone);
  const workflow = async (ctx: WorkflowContext): Promise<void> => {
    await ctx.rollbackCheckpoint("from here");
    await armed(ctx, "before");
    await perform(ctx, "op");
    await armed(ctx, "after");
    throw new Error("the workflow fails");
  };
  await crashEverywhere({ name: kind, workflow, messages });
  await undoes({ workflow, messages, undone }, ["after", "before"]);
}

async function rollsBackInside(
  { kind, messages = [] }: PrimitiveSample,
  compensable: NonNullable<PrimitiveSample["compensable"]>,
): Promise<void> {
  const undone: string[] = [];
  const armed = armedStep(undone);
  const workflow = async (ctx: WorkflowContext): Promise<void> => {
    await ctx.rollbackCheckpoint("from here");
    await armed(ctx, "before");
    await compensable(ctx, "op", armed);
    await armed(ctx, "after");
    throw new Error("the workflow fails");
  };
  await crashEverywhere({ name: kind, workflow, messages });
  await undoes({ workflow, messages, undone }, ["after", "second", "first", "before"]);
}

async function undoes(
  run: { workflow: LawCode; messages: readonly ScriptedMessage[]; undone: string[] },
  expected: readonly string[],
): Promise<void> {
  const bench = new LawBench();
  await bench.queue(run.messages);
  run.undone.length = 0;
  const failed = await thrownBy(() => bench.passesUntil(run.workflow, () => false));
  demand((failed as Error).message === "the workflow fails", `the run fails with ${failed}`);
  demand(run.undone.join() === expected.join(), `undone were ${run.undone.join()} instead of ${expected.join()}`);
}

async function insideBody({ perform, messages }: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue(messages ?? []);
  let thrown: unknown;
  await bench.pass(async (ctx) => {
    await ctx.step("outer", async () => {
      await Promise.resolve();
      thrown = await thrownBy(() => perform(ctx, "op"));
    });
    await rest(ctx);
  });
  const error = thrown as HoldfastError | undefined;
  demand(error?.code === "CONTEXT_MISUSE", `it gives ${error?.code ?? String(error)}`);
  demand(error.message.includes('inside the body of step "outer"'), error.message);
  demand((await bench.recorded()).join() === "outer,rest", (await bench.recorded()).join());
}

async function afterBlock({ perform, messages }: PrimitiveSample): Promise<void> {
  const bench = new LawBench();
  await bench.queue(messages ?? []);
  let thrown: unknown;
  await bench.pass(async (ctx) => {
    let leaked: WorkflowContext | undefined;
    await ctx.try("block", async (inner) => {
      leaked = inner;
    });
    thrown = await thrownBy(() => perform(leaked as WorkflowContext, "op"));
    await rest(ctx);
  });
  const error = thrown as HoldfastError | undefined;
  demand(error?.code === "CONTEXT_MISUSE", `it gives ${error?.code ?? String(error)}`);
  demand(error.message.includes("block"), error.message);
}
