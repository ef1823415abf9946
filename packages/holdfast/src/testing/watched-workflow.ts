import type { WorkflowContext } from "../model/context.ts";
import type { RollbackContext, StepConfig, StepContext } from "../model/step-options.ts";
import { type AnyWorkflow, definitionOf, type WorkflowDefinition } from "../model/workflow.ts";
import type { EffectLedger } from "./effect-ledger.ts";

type Call = (...args: never[]) => unknown;
type Step = StepConfig<unknown>;

/** Who records effects; after `dead()` nothing happens in this process any more. */
export interface Witness {
  readonly ledger: EffectLedger;
  readonly dead: () => boolean;
}

/** A workflow whose step bodies and rollback handlers are recorded in a ledger, in all blocks. */
export function watchedWorkflow(workflow: AnyWorkflow, witness: Witness): WorkflowDefinition {
  const definition = definitionOf(workflow);
  return { ...definition, run: (ctx, input) => definition.run(watched(ctx, witness), input) };
}

/** The same context, with its functions recorded. */
function watched(ctx: WorkflowContext, witness: Witness): WorkflowContext {
  const inner =
    (call: Call) =>
    (context: WorkflowContext, ...rest: unknown[]): unknown =>
      (call as (...args: unknown[]) => unknown)(watched(context, witness), ...rest);
  const branch = <B extends { readonly run: Call }>(config: B): B =>
    typeof config?.run === "function" ? { ...config, run: inner(config.run) } : config;
  const overrides: Partial<Record<keyof WorkflowContext, Call>> = {
    step: (...args: unknown[]) => ctx.step(watchedStep(args, witness)),
    tryStep: (...args: unknown[]) => ctx.tryStep(watchedStep(args, witness)),
    try: (name: string, run: Call, options: never) => ctx.try(name, inner(run), options),
    loop: (...args: unknown[]) => {
      const config = (typeof args[0] === "object" ? args[0] : { name: args[0], run: args[1] }) as {
        name: string;
        run: Call;
      };
      return ctx.loop(branch(config) as never);
    },
    join: (name: string, branches: Record<string, { run: Call }>) =>
      ctx.join(name, watchedBranches(branches, branch) as never),
    race: (name: string, branches: readonly { name: string; run: Call }[]) =>
      ctx.race(name, branches.map(branch) as never),
    map: (name: string, items: readonly unknown[], run: Call, options: never) =>
      ctx.map(name, items, inner(run) as never, options),
  };
  return new Proxy(ctx, {
    get: (target, property) => {
      const override = overrides[property as keyof WorkflowContext];
      if (override !== undefined) return override;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function watchedBranches<B>(
  branches: Readonly<Record<string, B>>,
  branch: (config: B) => B,
): Record<string, B> {
  const copies: Record<string, B> = {};
  for (const [name, config] of Object.entries(branches)) {
    Object.defineProperty(copies, name, { value: branch(config), enumerable: true });
  }
  return copies;
}

function watchedStep(args: readonly unknown[], witness: Witness): Step {
  const [first, run, options] = args;
  const config = (typeof first === "object" ? first : { ...(options as object), name: first, run }) as Step;
  const { rollback } = config;
  const watchedRun = watchedBody(config.run, witness);
  if (rollback === undefined) return { ...config, run: watchedRun };
  const handler = typeof rollback === "function" ? { run: rollback } : rollback;
  return { ...config, run: watchedRun, rollback: { ...handler, run: watchedHandler(handler.run, witness) } };
}

function watchedBody(run: Step["run"], { ledger, dead }: Witness): Step["run"] {
  return async (step: StepContext) => {
    if (dead()) return new Promise(() => {});
    const location = step.idempotencyKey.slice(step.idempotencyKey.indexOf("/") + 1);
    return recorded(ledger.bodyStarts(location, step.attempt), { act: () => run(step), dead });
  };
}

function watchedHandler(run: (ctx: RollbackContext, result: unknown) => unknown, { ledger, dead }: Witness) {
  return async (ctx: RollbackContext, result: unknown): Promise<unknown> => {
    if (dead()) return new Promise(() => {});
    const location = ctx.idempotencyKey.slice(ctx.idempotencyKey.indexOf("/") + 1).replace(/\/rollback$/, "");
    return recorded(ledger.handlerStarts(location, ctx.attempt), { act: () => run(ctx, result), dead });
  };
}

async function recorded(
  ended: (outcome: "ok" | "failed") => void,
  { act, dead }: { act: () => unknown; dead: () => boolean },
): Promise<unknown> {
  try {
    const value = await act();
    if (!dead()) ended("ok");
    return value;
  } catch (error) {
    if (!dead()) ended("failed");
    throw error;
  }
}
