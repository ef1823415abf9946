import type { KVDriver } from "../drivers/kv/kv-driver.ts";
import { LiveRun } from "../engine/live/live-run.ts";
import type { RequestOptions, SendOptions } from "../engine/live/run-handle.ts";
import type { CancelOutcome } from "../engine/pass/outcome.ts";
import type { EngineSettings } from "../engine/pass/pass-settings.ts";
import type { ResultOptions } from "../host/result-options.ts";
import { CorruptionError } from "../model/errors/history-errors.ts";
import { RunNotFoundError } from "../model/errors/run-errors.ts";
import { FencedError } from "../model/errors/storage-errors.ts";
import { isTerminal, type RunState } from "../model/run.ts";
import type { WorkflowDefinition } from "../model/workflow.ts";
import { awaitEnd } from "./await-end.ts";
import type { StartOutcome, WorkflowCalls } from "./calls.ts";
import { type RunHistory, readHistory } from "./run-history.ts";
import { startRun } from "./start-run.ts";

/** What an object brings for its run. */
export interface ObjectRunSetup {
  readonly workflowId: string;
  readonly definition: WorkflowDefinition;
  /** One that watches, so that the alarm comes back while the run is at work, and that keeps no messages for a run to come. */
  readonly driver: KVDriver;
  readonly settings: EngineSettings;
  /** Removes what the driver has stored. */
  readonly remove: () => Promise<void>;
}

/**
 * The run of an object, for platforms on which each object has its own storage, an alarm and callers.
 *
 * Owns: what callers ask of the run, and what happens when the alarm comes.
 * Does not own: where it is stored and when the alarm comes (the driver), how it runs (engine).
 * Invariants: a start and a message are durable before they are answered, and the alarm that follows from them is durable
 * with them; what is in memory can be lost at any instant, and the next alarm or call finds everything in the storage.
 */
export class ObjectRun implements WorkflowCalls {
  readonly #setup: ObjectRunSetup;
  readonly #run: LiveRun;

  constructor(setup: ObjectRunSetup) {
    this.#setup = setup;
    this.#run = new LiveRun({ ...setup, input: undefined, mode: "yield", idle: true, creates: false });
  }

  async start(input?: unknown): Promise<StartOutcome> {
    const { workflowId, definition, driver, settings } = this.#setup;
    const created = await startRun(settings, driver, { workflowId, definition, input });
    return { workflowId, created };
  }

  /** The alarm has come: runs the run until it is parked or ends. The alarm that it needs meanwhile is set first. */
  async alarm(): Promise<void> {
    const { driver, settings, workflowId } = this.#setup;
    await driver.rearm();
    const state = await driver.readState();
    if (state === null || state === "paused" || isTerminal(state)) return;
    // How the run ended is stored and told to those who ask. It is no failure of the alarm, and no reason to repeat it.
    await this.#run.proceed().catch((error: unknown) => {
      settings.logger.debug({ workflowId, error }, "a pass ended with an error");
    });
  }

  async send(name: string, body?: unknown, options?: SendOptions): Promise<void> {
    await this.#run.send(name, body, options);
  }

  async request(name: string, body?: unknown, options?: RequestOptions): Promise<unknown> {
    return this.#run.request(name, body, options);
  }

  result(options: ResultOptions = {}): Promise<unknown> {
    return awaitEnd({ ...this.#setup, pause: () => this.#run.getError() }, options);
  }

  async wake(): Promise<void> {
    await this.#assertThere();
    await this.#run.wake();
  }

  cancel(options?: { readonly compensate?: boolean }): Promise<CancelOutcome> {
    return this.#operate(this.#run.cancel(options));
  }

  pause(): Promise<void> {
    return this.#operate(this.#run.pause());
  }

  resume(): Promise<void> {
    return this.#operate(this.#run.resume());
  }

  recover(): Promise<void> {
    return this.#operate(this.#run.recover());
  }

  rewind(options: { readonly to: string }): Promise<void> {
    return this.#operate(this.#run.rewind(options));
  }

  /** Reads no history: callers may ask often. */
  async getState(): Promise<RunState | null> {
    const state = await this.#setup.driver.readState();
    return state === "pending" && this.#run.runs ? "running" : state;
  }

  getOutput(): Promise<unknown> {
    return this.#run.getOutput();
  }

  getError(): Promise<unknown> {
    return this.#run.getError();
  }

  async history(): Promise<RunHistory> {
    return readHistory(await this.#run.history());
  }

  async delete(): Promise<boolean> {
    const { driver, remove } = this.#setup;
    let there = false;
    await this.#run.remove(async () => {
      there = await this.#isThere();
      await driver.remove(remove);
    });
    return there;
  }

  /** Also one of which nobody can read what it is: it can be deleted. */
  async #isThere(): Promise<boolean> {
    try {
      return (await this.#setup.driver.readState()) !== null;
    } catch (error) {
      if (CorruptionError.is(error)) return true;
      throw error;
    }
  }

  /** Whoever comes too late for a run that was deleted meanwhile is told so, and not that somebody else has it. */
  async #operate<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (FencedError.is(error)) await this.#assertThere();
      throw error;
    }
  }

  async #assertThere(): Promise<void> {
    const { driver, workflowId } = this.#setup;
    if ((await driver.readState()) === null) throw new RunNotFoundError(workflowId);
  }
}
