import { type RunHandle, runWorkflow, type WorkflowContext } from "holdfast";
import { damagedDriver } from "./damaged-driver.ts";
import { mortal } from "./mortal-driver.ts";
import { pause } from "./pause.ts";
import type { Note, SmokeWorkflow } from "./smoke-workflow.ts";
import type { SmokeStorage } from "./stage.ts";

/** How often it is looked whether something has happened. */
const LOOK_MS = 2;
const PATIENCE_MS = 5_000;

/** How a run is started once more. */
export interface Restart {
  /** The code of a later version. */
  readonly workflow?: SmokeWorkflow;
  /** A byte of what is stored is another one. */
  readonly damaged?: boolean;
}

/** The run of a case, and what can be done to it. */
export class SmokeRun {
  readonly storage: SmokeStorage;
  readonly notes: string[] = [];
  readonly #workflow: SmokeWorkflow;
  #handle: RunHandle<unknown> | null = null;
  #kill: () => Promise<void> = async () => {};
  #lives = 0;

  constructor(storage: SmokeStorage, workflow: SmokeWorkflow) {
    this.storage = storage;
    this.#workflow = workflow;
  }

  get handle(): RunHandle<unknown> {
    if (this.#handle === null) throw new Error("The run was not started.");
    return this.#handle;
  }

  /** Starts the run, or takes it up again. */
  start({ workflow = this.#workflow, damaged = false }: Restart = {}): RunHandle<unknown> {
    const { driver, kill } = mortal(this.storage.driver());
    this.#kill = kill;
    const used = damaged ? damagedDriver(driver) : driver;
    const life = ++this.#lives;
    const run = (ctx: WorkflowContext): Promise<unknown> => workflow(ctx, this.note, life);
    this.#handle = runWorkflow("run", { name: "smoke", run }, undefined, used, { mode: "live" });
    return this.#handle;
  }

  readonly note: Note = (what, value) => {
    this.notes.push(what);
    return value as never;
  };

  /** Starts the run and gives what it comes to. */
  async outcome(restart?: Restart): Promise<unknown> {
    return (await this.start(restart).result).output;
  }

  /** The process dies: its storage answers it no more. Resolves when what it had sent has arrived. */
  crash(): Promise<void> {
    return this.#kill();
  }

  /** Waits until this is noted. */
  noted(what: string): Promise<void> {
    return until(async () => this.notes.includes(what));
  }

  /** Waits until the run is stored in this state. */
  stands(state: string): Promise<void> {
    return until(async () => (await this.handle.getState()) === state);
  }
}

async function until(there: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await there())) {
    if (Date.now() > end) throw new Error(`It has not happened within ${PATIENCE_MS} ms.`);
    await pause(LOOK_MS);
  }
}
