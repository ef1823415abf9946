import { Loop as EngineLoop, type LoopDecision, type RemovedKind, type WorkflowContext } from "holdfast";
import { DEFAULT_LOOP_HISTORY_PRUNE_INTERVAL } from "../defaults.ts";
import { EntryInProgressError } from "../errors/classes.ts";
import { extractErrorInfo } from "../errors/error-info.ts";
import { isStepFailure, lastErrorOf, stepFailureKind } from "../errors/step-failure.ts";
import { hostedError } from "../errors/translate.ts";
import type {
  BranchConfig,
  LoopConfig,
  LoopIterationResult,
  StepConfig,
  TryBlockConfig,
  TryBlockFailure,
  TryBlockResult,
  TryStepConfig,
  TryStepFailure,
  TryStepResult,
  WorkflowContextInterface,
} from "../model/context.ts";
import type { EntryKindType } from "../model/history.ts";
import type { WorkflowQueue } from "../model/queue.ts";
import { HostedQueue } from "./hosted-queue.ts";
import { engineStep } from "./hosted-step.ts";
import type { PathStep, RunLink } from "./run-link.ts";
import { blockFailure, DEFAULT_TRY_BLOCK_CATCH, DEFAULT_TRY_STEP_CATCH } from "./try-block.ts";

type Branches = Record<string, BranchConfig<unknown>>;
type RaceBranch<T> = { name: string; run: (ctx: WorkflowContextInterface) => Promise<T> };

/**
 * A context of RivetKit over one of Holdfast.
 *
 * Owns: the order of operations in one scope (one at a time), and in whose words errors are told.
 * Does not own: what is recorded, and when (the engine).
 */
export class WorkflowContextImpl implements WorkflowContextInterface {
  readonly workflowId: string;
  readonly queue: WorkflowQueue;
  readonly #inner: WorkflowContext;
  readonly #link: RunLink;
  readonly #path: readonly PathStep[];
  #signal: AbortSignal | null = null;
  #busy = false;

  /** @internal Made by `runWorkflow`. */
  constructor(inner: WorkflowContext, link: RunLink, path: readonly PathStep[] = []) {
    this.workflowId = link.workflowId;
    this.#inner = inner;
    this.#link = link;
    this.#path = path;
    this.queue = new HostedQueue(inner, link, (operation) => this.#enter(operation));
  }

  get abortSignal(): AbortSignal {
    this.#signal ??= AbortSignal.any([this.#inner.abortSignal, this.#link.evicting.signal]);
    return this.#signal;
  }

  isEvicted(): boolean {
    return this.#inner.isEvicted() || this.#link.evicting.signal.aborted;
  }

  step<T>(nameOrConfig: string | StepConfig<T>, run?: () => Promise<T>): Promise<T> {
    return this.#enter(() => this.#step(configOf<StepConfig<T>>(nameOrConfig, run)));
  }

  tryStep<T>(nameOrConfig: string | TryStepConfig<T>, run?: () => Promise<T>): Promise<TryStepResult<T>> {
    const config = configOf<TryStepConfig<T>>(nameOrConfig, run);
    const caught: readonly string[] = config.catch ?? DEFAULT_TRY_STEP_CATCH;
    return this.#enter(async () => {
      try {
        return { ok: true, value: await this.#step(config) };
      } catch (error) {
        const failure = this.#link.originOf(error)?.step;
        if (failure === undefined || !caught.includes(failure.kind)) throw error;
        return { ok: false, failure };
      }
    });
  }

  async #step<T>(config: StepConfig<T>): Promise<T> {
    try {
      return await this.#inner.step(engineStep(config, this.#link));
    } catch (error) {
      const own = hostedError(error);
      if (isStepFailure(error)) {
        const step = this.#stepFailure(config.name, error);
        this.#link.note(own, { source: "step", name: config.name, step });
      }
      throw own;
    }
  }

  #stepFailure(stepName: string, error: unknown): TryStepFailure {
    const attempts = this.#link.placeAt([...this.#path, { type: "name", name: stepName }])?.entry?.count ?? 1;
    return { kind: stepFailureKind(error), stepName, attempts, error: extractErrorInfo(lastErrorOf(error)) };
  }

  try<T>(
    nameOrConfig: string | TryBlockConfig<T>,
    run?: (ctx: WorkflowContextInterface) => Promise<T>,
  ): Promise<TryBlockResult<T>> {
    const config = configOf<TryBlockConfig<T>>(nameOrConfig, run);
    const block = { name: config.name, catch: config.catch ?? DEFAULT_TRY_BLOCK_CATCH };
    type Ended = { value: T } | { failure: TryBlockFailure };
    return this.#enter(async () => {
      const carried = this.#carrier();
      const body = async (inner: WorkflowContext): Promise<Ended> => {
        try {
          return { value: await config.run(this.#below(inner, [{ type: "name", name: config.name }])) };
        } catch (error) {
          const failure = blockFailure(this.#link, block, error);
          if (failure === undefined) throw carried.on(error);
          return { failure };
        }
      };
      const result = await carried.over(this.#inner.try(config.name, body, { catch: [] }));
      if (!result.ok) throw hostedError(result.failure.error);
      const ended = result.value;
      return "failure" in ended ? { ok: false, failure: ended.failure } : { ok: true, value: ended.value };
    });
  }

  loop<S, T>(
    nameOrConfig: string | LoopConfig<S, T>,
    run?: (ctx: WorkflowContextInterface) => LoopIterationResult<undefined, T>,
  ): Promise<T> {
    const config = configOf<LoopConfig<S, T>>(nameOrConfig, run as never);
    const { name } = config;
    const interval =
      config.historyPruneInterval ??
      config.commitInterval ??
      config.historyEvery ??
      DEFAULT_LOOP_HISTORY_PRUNE_INTERVAL;
    return this.#enter(() => {
      const carried = this.#carrier();
      const at: PathStep = { type: "name", name };
      let next: number | null = null;
      return carried.over(
        this.#inner.loop<S, T>({
          name,
          state: config.state as S,
          historyPruneInterval: interval,
          historySize: config.historySize ?? config.historyKeep ?? interval,
          run: async (inner, state) => {
            const index: number = next ?? this.#link.placeAt([...this.#path, at])?.entry?.count ?? 0;
            next = index + 1;
            const ctx = this.#below(inner, [at, { type: "iteration", index }]);
            try {
              return engineDecision<S, T>(await config.run(ctx, state));
            } catch (error) {
              throw carried.on(error);
            }
          },
        }),
      );
    });
  }

  sleep(name: string, durationMs: number): Promise<void> {
    const duration = typeof durationMs === "number" ? Math.max(0, durationMs) : durationMs;
    return this.#enter(() => this.#inner.sleep(name, duration));
  }

  sleepUntil(name: string, timestampMs: number): Promise<void> {
    return this.#enter(() => this.#inner.sleepUntil(name, timestampMs));
  }

  rollbackCheckpoint(name: string): Promise<void> {
    return this.#enter(() => this.#inner.rollbackCheckpoint(name));
  }

  join<T extends Branches>(
    name: string,
    branches: T,
  ): Promise<{ [K in keyof T]: T[K] extends BranchConfig<infer O> ? O : never }> {
    const made = Object.entries(branches).map(([branch, { run }]) => {
      const path: PathStep[] = [
        { type: "name", name },
        { type: "branch", name: branch },
      ];
      return [branch, { run: (inner: WorkflowContext) => run(this.#below(inner, path)) }] as const;
    });
    const joined = (): Promise<unknown> => this.#inner.join(name, Object.fromEntries(made));
    return this.#enter(() => this.#noting({ source: "join", name }, joined)) as never;
  }

  race<T>(name: string, branches: Array<RaceBranch<T>>): Promise<{ winner: string; value: T }> {
    const made = branches.map(({ name: branch, run }) => {
      const path: PathStep[] = [
        { type: "name", name },
        { type: "branch", name: branch },
      ];
      return { name: branch, run: (inner: WorkflowContext) => run(this.#below(inner, path)) };
    });
    const raced = (): Promise<{ winner: string; value: T }> => this.#inner.race<T>(name, made) as never;
    return this.#enter(() => this.#noting({ source: "race", name }, raced));
  }

  removed(name: string, originalType: EntryKindType): Promise<void> {
    const kind = originalType === "version_check" ? "version" : originalType;
    return this.#enter(() => this.#inner.removed(name, kind as RemovedKind));
  }

  getVersion(name: string, latest: number): Promise<number> {
    return this.#enter(async () => {
      if (!Number.isInteger(latest) || latest < 1)
        throw new Error(`getVersion("${name}", ${latest}): latest must be an integer >= 1`);
      return this.#inner.getVersion(name, latest);
    });
  }

  /** One operation of a scope at a time: another one means that the first was not awaited. */
  async #enter<Value>(operation: () => Promise<Value>): Promise<Value> {
    if (this.#busy) throw new EntryInProgressError();
    this.#busy = true;
    try {
      return await operation();
    } catch (error) {
      throw hostedError(error);
    } finally {
      this.#busy = false;
    }
  }

  async #noting<Value>(
    origin: { source: "join" | "race"; name: string },
    operation: () => Promise<Value>,
  ): Promise<Value> {
    try {
      return await operation();
    } catch (error) {
      const own = hostedError(error);
      this.#link.note(own, origin);
      throw own;
    }
  }

  /** Carries what is known of an error's origin over a block that stores the error and hands out a copy. */
  #carrier(): {
    on: (error: unknown) => unknown;
    over: <Value>(block: Promise<Value>) => Promise<Value>;
  } {
    let thrown: unknown;
    return {
      on: (error) => {
        thrown = error;
        return error;
      },
      over: async (block) => {
        try {
          return await block;
        } catch (error) {
          const own = hostedError(error);
          this.#link.note(own, this.#link.originOf(thrown));
          throw own;
        }
      },
    };
  }

  #below(inner: WorkflowContext, path: readonly PathStep[]): WorkflowContextImpl {
    return new WorkflowContextImpl(inner, this.#link, [...this.#path, ...path]);
  }
}

/** The two ways of naming an operation, as one. */
function configOf<Config extends { name: string; run: unknown }>(
  nameOrConfig: string | Config,
  run: Config["run"] | undefined,
): Config {
  return typeof nameOrConfig === "object" ? nameOrConfig : ({ name: nameOrConfig, run } as Config);
}

/** What an iteration returned, as the engine's decision; what is none is left to the engine to refuse. */
function engineDecision<S, T>(returned: unknown): LoopDecision<S, T> | undefined {
  if (typeof returned === "object" && returned !== null) {
    const decision = returned as Partial<{ break: true; value: T; continue: true; state: S }>;
    if (decision.break === true) return EngineLoop.break(decision.value as T);
    if (decision.continue === true) return EngineLoop.continue(decision.state as S);
  }
  return returned as undefined;
}
