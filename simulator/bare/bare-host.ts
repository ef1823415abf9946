import type { RunHandle } from "#holdfast/engine/live/run-handle.ts";
import { RunCancelledError, RunNotFoundError } from "#holdfast/model/errors/run-errors.ts";
import { StorageError } from "#holdfast/model/errors/storage-errors.ts";
import type { WorkflowDefinition } from "#holdfast/model/workflow.ts";
import { runWorkflow } from "#holdfast/system/run-workflow.ts";
import type { Desk, DeskHandle } from "../world/desk.ts";
import type { OwnOptions } from "../world/own-options.ts";
import type { BarePlan } from "../world/scenario.ts";
import type { SimProcess } from "../world/sim-process.ts";
import type { BareRuns } from "./bare-runs.ts";

/** How often the platform looks which runs are due, in milliseconds. */
const LOOK_MS = 250;
/** Looks that find a run due before its pass is told, which should have seen by itself. */
const PATIENT_LOOKS = 4;
/** How often whoever waits for the end of a run looks. */
const END_LOOK_MS = 100;

interface BareHostSetup {
  readonly process: SimProcess;
  readonly runs: BareRuns;
  readonly workflows: readonly WorkflowDefinition[];
  readonly plan: BarePlan;
  readonly engine: OwnOptions;
}

/** A run's handle in this process, and whether a pass of it goes on. */
interface Open {
  readonly handle: RunHandle<unknown>;
  /** The last result that was looked at, and whether it has settled. */
  result: Promise<unknown> | null;
  settled: boolean;
  /** Looks in a row that found it due. */
  overdue: number;
  /** Whether it is being run by the platform. */
  ringing: boolean;
}

/** One process of a platform that runs each run by the engine alone: it opens runs that are asked for or due, and hands out their handles. */
export class BareHost implements Desk {
  readonly #setup: BareHostSetup;
  readonly #open = new Map<string, Open>();
  readonly #inputs: Map<string, unknown>;
  #stopped = false;

  /** @param inputs what each run was asked for with, for whoever opens it next */
  constructor(setup: BareHostSetup, inputs: Map<string, unknown>) {
    this.#setup = setup;
    this.#inputs = inputs;
    void this.#serve();
  }

  async start(
    workflowName: string,
    { workflowId, input }: { readonly workflowId: string; readonly input: unknown },
  ): Promise<{ readonly workflowId: string }> {
    const { runs } = this.#setup;
    if (this.#stopped) throw stopping();
    if (!this.#inputs.has(workflowId)) this.#inputs.set(workflowId, input);
    runs.home(workflowId, workflowName);
    const { handle } = this.#opened(workflowId);
    if (!runs.isBorn(workflowId)) await Promise.race([runs.born(workflowId), handle.result]);
    if (!runs.isBorn(workflowId)) throw stopping();
    return { workflowId };
  }

  handle(workflowId: string): DeskHandle {
    const { runs } = this.#setup;
    /** Messages of bare runs may come early; what is told of them here may not. */
    const later = async <T>(ask: (handle: RunHandle<unknown>) => Promise<T>): Promise<T> => {
      await runs.born(workflowId);
      return now(ask);
    };
    const now = async <T>(ask: (handle: RunHandle<unknown>) => Promise<T>): Promise<T> =>
      ask(this.#serving(workflowId));
    return {
      send: (name, body, options) => later((handle) => handle.send(name, body, options)),
      request: (name, body, options) => later((handle) => handle.request(name, body, options)),
      cancel: (options) => now((handle) => handle.cancel(options)),
      rewind: (options) => now((handle) => handle.rewind(options)),
      fork: (options) => now((handle) => this.#fork(workflowId, handle, options)),
      history: () => now((handle) => handle.history()),
      watch: () => this.#serving(workflowId).watch(),
      getState: () => now((handle) => handle.getState()),
      wake: () => now((handle) => handle.wake()),
      evict: () => now((handle) => handle.evict()),
      pause: () => now((handle) => handle.pause()),
      resume: () => now((handle) => handle.resume()),
      recover: () => now((handle) => handle.recover()),
      result: () => now((handle) => this.#end(handle)),
    };
  }

  /** @throws StorageError, RunNotFoundError */
  #serving(run: string): RunHandle<unknown> {
    if (this.#stopped) throw stopping();
    if (this.#setup.runs.workflowNameOf(run) === undefined) throw new RunNotFoundError(run);
    return this.#opened(run).handle;
  }

  /** A platform deletes what a run has by itself. */
  async delete(): Promise<boolean> {
    return false;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(Array.from(this.#open.values(), ({ handle }) => handle.evict()));
  }

  /** Of a run that is held, or that a failing storage stopped, the next pass tells. */
  async #end(handle: RunHandle<unknown>): Promise<unknown> {
    for (;;) {
      const end = await handle.result.catch((error: unknown) => ({ state: "stopped" as const, error }));
      if (end.state === "completed") return end.output;
      if (end.state === "cancelled") throw new RunCancelledError(handle.workflowId);
      if (end.state === "stopped" && (await handle.getState()) === "failed") throw end.error;
      await this.#setup.process.sleep(END_LOOK_MS);
    }
  }

  async #fork(
    run: string,
    handle: RunHandle<unknown>,
    { from, workflowId: to }: { readonly from: string; readonly workflowId: string },
  ): Promise<void> {
    const { runs, process } = this.#setup;
    const workflowName = runs.workflowNameOf(run) ?? "";
    const home = runs.home(to, workflowName);
    await handle.fork({ from, workflowId: to, driver: home.driver(process) });
  }

  #opened(run: string): Open {
    const there = this.#open.get(run);
    if (there !== undefined) return there;
    const { process, runs, workflows, plan, engine } = this.#setup;
    const name = runs.workflowNameOf(run) ?? "";
    const workflow = workflows.find((one) => one.name === name) as WorkflowDefinition;
    const { clock, scheduler, random } = process;
    const driver = runs.home(run, name).driver(process);
    const mode = plan.live ? "live" : "yield";
    const input = this.#inputs.get(run);
    const options = { clock, scheduler, random, mode, ...engine } as const;
    const handle = runWorkflow(run, workflow, input, driver, options);
    const open = { handle, result: null, settled: false, overdue: 0, ringing: false };
    this.#open.set(run, open);
    return open;
  }

  /** The platform: what is due is run. */
  async #serve(): Promise<void> {
    const { process, runs } = this.#setup;
    while (!this.#stopped) {
      for (const run of runs.ids) await this.#attend(run);
      await process.sleep(LOOK_MS);
    }
  }

  /** A pass that goes on looks by itself, as long as its storage tells it of everything. */
  async #attend(run: string): Promise<void> {
    const { process, runs } = this.#setup;
    // Nobody runs a fork before it is there.
    if (!this.#inputs.has(run) && !runs.isBorn(run)) return;
    const due = await runs.isDue(run);
    if (!due && !this.#open.has(run)) return;
    const open = this.#opened(run);
    this.#look(open);
    open.overdue = due ? open.overdue + 1 : 0;
    if (!due || open.ringing || (!open.settled && open.overdue < PATIENT_LOOKS)) return;
    open.ringing = true;
    open.overdue = 0;
    const over = (): void => {
      open.ringing = false;
    };
    void runs.ring(process, run, () => open.handle.wake()).then(over, over);
  }

  #look(open: Open): void {
    const { result } = open.handle;
    if (open.result === result) return;
    open.result = result;
    open.settled = false;
    const settle = (): void => {
      if (open.result === result) open.settled = true;
    };
    result.then(settle, settle);
  }
}

/** Whoever insists asks again, and is not answered by a process that is gone then. */
function stopping(): StorageError {
  return new StorageError("The process stops.", { outcome: "not-applied", retryable: true });
}
