import { type MemoryDriver, memoryDriver } from "../../drivers/memory/memory-driver.ts";
import type { RunHandle, RunResult } from "../../engine/live/run-handle.ts";
import type { WorkflowContext } from "../../model/context.ts";
import type { WorkflowEvent } from "../../model/events.ts";
import { runWorkflow } from "../../system/run-workflow.ts";
import { bodyOf, idOf, type ScriptedMessage } from "../simulated-run.ts";
import { type VirtualClock, virtualClock } from "../virtual-clock.ts";

/** Passes after which a run is taken to get nowhere. */
const MOST_PASSES = 50;

/** A workflow as laws write it. */
export type LawCode = (ctx: WorkflowContext) => Promise<unknown>;

/** One run with a clock and a storage of its own, pass by pass. */
export class LawBench {
  readonly clock: VirtualClock = virtualClock();
  readonly storage: MemoryDriver = memoryDriver({ workflowId: "run", clock: this.clock });
  readonly events: WorkflowEvent[] = [];

  /** Queues messages; those of a later time are there at once too. */
  async queue(messages: readonly ScriptedMessage[]): Promise<void> {
    for (const [index, message] of messages.entries()) {
      await this.storage.enqueueMessage({
        id: idOf(message, index),
        name: message.name,
        body: bodyOf("run", message, index),
        createdAt: this.clock.now(),
        expiresAt: null,
        completable: message.completable ?? false,
        remember: true,
      });
    }
  }

  start(code: LawCode): RunHandle<unknown> {
    return runWorkflow("run", code, undefined, this.storage, {
      clock: this.clock,
      scheduler: this.clock.scheduler,
      observers: [(event) => this.events.push(event)],
    });
  }

  /** One pass. */
  pass(code: LawCode): Promise<RunResult<unknown>> {
    return this.clock.settle(this.start(code).result);
  }

  /** The error of one pass. */
  async rejection(code: LawCode): Promise<Error> {
    const result = await this.pass(code).catch((error: unknown) => error as Error);
    if (result instanceof Error) return result;
    throw new Error(`the run is ${result.state} instead of rejecting`);
  }

  /** Passes, each when the run is due, until `done` or the end. */
  async passesUntil(code: LawCode, done: () => boolean): Promise<void> {
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const { state, sleepUntil } = await this.pass(code);
      if (done()) return;
      if (state !== "sleeping" || sleepUntil === undefined)
        throw new Error(`the run is ${state} and nothing wakes it before what was awaited`);
      await this.clock.advanceTo(sleepUntil);
    }
    throw new Error(`what was awaited did not happen in ${MOST_PASSES} passes`);
  }

  /** Ids of what is recorded. */
  async recorded(): Promise<readonly string[]> {
    const { entries } = await this.start(async () => {}).history();
    return entries.map(({ id }) => id);
  }

  /** Everything that is stored, as text. */
  bytes(): string {
    const text = (_key: string, value: unknown): unknown =>
      value instanceof Uint8Array ? value.toString() : value;
    return JSON.stringify(this.storage.dump(), text);
  }

  /** Rows of the history, and messages that are queued. */
  contents(): { readonly rows: number; readonly queued: number } {
    const queued = this.storage.dump().runs.reduce((sum, { messages }) => sum + messages.length, 0);
    return { rows: this.storage.stats.rows, queued };
  }
}
