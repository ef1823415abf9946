import { runWorkflow } from "holdfast";
import { type MemoryDriver, memoryDriver } from "holdfast/memory";
import type { RunHandle, RunResult } from "../src/engine/live/run-handle.ts";
import type { WorkflowEvent } from "../src/model/events.ts";
import type { Workflow } from "../src/model/workflow.ts";
import type { EngineDriver } from "../src/storage/driver.ts";
import type { RunWorkflowOptions } from "../src/system/run-workflow.ts";
import { type VirtualClock, virtualClock } from "../src/testing/virtual-clock.ts";

/** A line that the engine logged. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** How a handle's result settled. */
export type Settled<Output> =
  | { readonly ok: true; readonly value: RunResult<Output> }
  | { readonly ok: false; readonly error: unknown };

/** A clock, a storage, and what was reported: what an engine test needs. */
export class EngineLab {
  readonly clock: VirtualClock = virtualClock();
  readonly storage: MemoryDriver;
  readonly events: WorkflowEvent[] = [];
  readonly lines: LogLine[] = [];

  constructor() {
    this.storage = memoryDriver({ workflowId: "run", clock: this.clock });
  }

  /** Starts a pass, or takes the run up again. */
  start<Output>(
    workflow: Workflow<never, Output, never, never>,
    options: RunWorkflowOptions & { readonly input?: unknown; readonly driver?: EngineDriver } = {},
  ): RunHandle<Output> {
    const { input, driver = this.storage, ...rest } = options;
    const line =
      (level: string) =>
      (details: Readonly<Record<string, unknown>>, message: string): void => {
        this.lines.push({ level, message, details });
      };
    return runWorkflow("run", workflow as unknown as Workflow<unknown, Output>, input, driver, {
      clock: this.clock,
      scheduler: this.clock.scheduler,
      logger: { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") },
      observers: [(event) => this.events.push(event)],
      ...rest,
    });
  }

  /** Starts a pass and lets time pass until its result is there. */
  async run<Output>(
    workflow: Workflow<never, Output, never, never>,
    options: Parameters<EngineLab["start"]>[1] = {},
  ): Promise<RunResult<Output>> {
    return this.clock.settle(this.start(workflow, options).result);
  }

  /** As `run`, with the error as data. */
  async outcome<Output>(
    workflow: Workflow<never, Output, never, never>,
    options: Parameters<EngineLab["start"]>[1] = {},
  ): Promise<Settled<Output>> {
    try {
      return { ok: true, value: await this.run(workflow, options) };
    } catch (error) {
      return { ok: false, error };
    }
  }

  /** The error of a run that is expected to reject. */
  async failure(
    workflow: Workflow<never, unknown, never, never>,
    options: Parameters<EngineLab["start"]>[1] = {},
  ): Promise<Error & { code?: string }> {
    const outcome = await this.outcome(workflow, options);
    if (outcome.ok) throw new Error(`The run did not fail: ${JSON.stringify(outcome.value)}`);
    return outcome.error as Error & { code?: string };
  }

  /** Everything that is stored, as text. */
  bytes(): string {
    const text = (_key: string, value: unknown): unknown =>
      value instanceof Uint8Array ? value.toString() : value;
    return JSON.stringify(this.storage.dump(), text);
  }

  get commits(): number {
    return this.storage.stats.commits;
  }
}
