import { Loop, type WorkflowContext } from "#holdfast/index.ts";
import type { Founded } from "../ledger/ledger-record.ts";
import type { Effects } from "./effects.ts";
import type { Node, Program } from "./program.ts";
import { Trace } from "./trace.ts";

/** A strand of a program: where it is, what it has seen, and by what it acts on the world. */
export interface Strand {
  readonly ctx: WorkflowContext;
  readonly trace: Trace;
  readonly effects: Effects;
}

type Interpreter<Kind extends Node["kind"]> = (
  strand: Strand,
  node: Extract<Node, { readonly kind: Kind }>,
) => Promise<void>;

/** Runs a program, operation after operation, as code that somebody could have written by hand. */
export async function interpret(strand: Strand, program: Program): Promise<void> {
  for (const node of program) await (interpreters[node.kind] as Interpreter<Node["kind"]>)(strand, node);
}

const interpreters: { readonly [Kind in Node["kind"]]: Interpreter<Kind> } = {
  async step({ ctx, trace, effects }, node) {
    trace.saw(node.name, await ctx.step(effects.step(node, trace)));
  },

  async sleep({ ctx, trace }, { name, ms }) {
    await ctx.sleep(name, ms);
    trace.saw(name, "slept");
  },

  async receive({ ctx, trace }, { name, messages, timeoutMs }) {
    const timeout = timeoutMs === undefined ? {} : { timeout: timeoutMs };
    const [message] = await ctx.queue.nextBatch(name, { names: messages, ...timeout });
    trace.saw(name, message?.id ?? "timeout");
  },

  async batch({ ctx, trace }, { name, message, count }) {
    const messages = await ctx.queue.nextBatch(name, { names: [message], count });
    messages.forEach(({ id }, index) => {
      trace.saw(`${name}.${index}`, id);
    });
  },

  async serve({ ctx, trace, effects }, { name, message }) {
    const request = await ctx.queue.next(name, { names: [message], completable: true });
    trace.saw(name, request.id);
    const answer = await ctx.step(effects.step({ kind: "step", name: `${name}-answer` }, trace));
    trace.saw(`${name}-answer`, answer);
    await request.complete(answer);
  },

  async loop({ ctx, trace, effects }, { name, iterations, body, historySize = 2 }) {
    const seen: Founded = await ctx.loop({
      name,
      state: { iteration: 0, seen: trace.seen },
      historySize,
      historyPruneInterval: 2,
      run: async (inner, state) => {
        const strand = new Trace(trace.at(`${name}#${state.iteration}`), state.seen);
        await interpret({ ctx: inner, trace: strand, effects }, body);
        const iteration = state.iteration + 1;
        return iteration < iterations
          ? Loop.continue({ iteration, seen: strand.seen })
          : Loop.break(strand.seen);
      },
    });
    trace.merge(seen);
  },

  async join({ ctx, trace, effects }, { name, branches }) {
    const entries = branches.map((program, index) => {
      const run = strandOf(trace.strand(`${name}~${index}`), effects, program);
      return [String(index), { run }] as const;
    });
    const seen = await ctx.join(name, Object.fromEntries(entries));
    trace.merge(...branches.map((_, index) => seen[index] as Founded));
  },

  async race({ ctx, trace, effects }, { name, branches }) {
    const racing = branches.map((program, index) => {
      const run = strandOf(trace.strand(`${name}~${index}`), effects, program);
      return { name: String(index), run };
    });
    const { winner, value } = await ctx.race(name, racing);
    trace.merge(value);
    trace.saw(name, `winner ${winner}`);
  },

  async map({ ctx, trace, effects }, { name, items, concurrency, body }) {
    const strands = Array.from({ length: items }, (_, index) => trace.strand(`${name}[${index}]`));
    const seen = await ctx.map(name, strands, (inner, strand) => strandOf(strand, effects, body)(inner), {
      concurrency,
    });
    trace.merge(...seen);
  },

  async try({ ctx, trace, effects }, { name, body }) {
    const result = await ctx.try(name, strandOf(trace.strand(name), effects, body));
    if (result.ok) trace.merge(result.value);
    trace.saw(name, result.ok ? "ok" : result.failure.kind);
  },

  async child({ ctx, trace, effects }, { name, program }) {
    const workflowId = childId(ctx.workflowId, trace.at(name));
    const start = effects.start({ kind: "step", name: `${name}-start` }, trace, { workflowId, program });
    trace.saw(`${name}-start`, await ctx.step(start));
    const report = await ctx.queue.next(name, { names: [`report of ${workflowId}`] });
    trace.saw(name, String(report.body));
  },

  async checkpoint({ ctx, trace }, { name }) {
    await ctx.rollbackCheckpoint(name);
    trace.saw(name, "checkpoint");
  },

  async gate({ ctx, trace, effects }, { name }) {
    if (effects.version === 1) return;
    const version = await ctx.getVersion(name, effects.version);
    trace.saw(name, `version ${version}`);
    if (version === 1) return;
    trace.saw(`${name}-new`, await ctx.step(effects.step({ kind: "step", name: `${name}-new` }, trace)));
  },

  async fail({ trace }, { name }) {
    throw new Error(`The program fails at ${trace.at(name)}.`);
  },
};

/** A strand as a function of its context. What it has seen is its value: a block that is finished is not entered again. */
function strandOf(
  trace: Trace,
  effects: Effects,
  program: Program,
): (ctx: WorkflowContext) => Promise<Founded> {
  return async (ctx) => {
    await interpret({ ctx, trace, effects }, program);
    return trace.seen;
  };
}

/** Run ids here have no character that idempotency keys would escape. */
function childId(parent: string, path: string): string {
  return `${parent}.${path.replace(/[^a-z0-9-]/g, "_")}`;
}
