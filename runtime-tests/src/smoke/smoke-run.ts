import {
  type EngineDriver,
  type RunHandle,
  type RunImage,
  runWorkflow,
  type WorkflowContext,
} from "holdfast";
import type { Note, SmokeCase } from "./smoke-case.ts";
import type { SmokeStorage } from "./stage.ts";

/** How often it is looked whether something has happened. */
const LOOK_MS = 2;
const PATIENCE_MS = 5_000;

/** How a run is started once more. */
export interface Restart {
  /** The code of a later version. */
  readonly workflow?: SmokeCase["workflow"];
  /** A byte of what is stored is another one. */
  readonly damaged?: boolean;
}

/** The run of a case, and what can be done to it. */
export class SmokeRun {
  readonly storage: SmokeStorage;
  readonly notes: string[] = [];
  readonly #workflow: SmokeCase["workflow"];
  #handle: RunHandle<unknown> | null = null;
  #kill: () => Promise<void> = async () => {};
  #lives = 0;

  constructor(storage: SmokeStorage, workflow: SmokeCase["workflow"]) {
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

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(there: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await there())) {
    if (Date.now() > end) throw new Error(`It has not happened within ${PATIENCE_MS} ms.`);
    await pause(LOOK_MS);
  }
}

/** A driver that answers until it is killed. */
function mortal(inner: EngineDriver): { driver: EngineDriver; kill: () => Promise<void> } {
  let alive = true;
  const sent = new Set<Promise<unknown>>();
  const answer = async <T>(promise: Promise<T>): Promise<T> => {
    const value = await promise;
    return alive ? value : new Promise(() => {});
  };
  const call = <T>(make: () => Promise<T>): Promise<T> => {
    if (!alive) return new Promise(() => {});
    const work = make();
    sent.add(work);
    const arrived = (): boolean => sent.delete(work);
    work.then(arrived, arrived);
    return answer(work);
  };
  const driver: EngineDriver = {
    limits: inner.limits,
    load: () => call(() => inner.load()),
    list: (prefix, page) => call(() => inner.list(prefix, page)),
    commit: (batch) => call(() => inner.commit(batch)),
    applied: (batchId) => call(() => inner.applied(batchId)),
    peekMessages: (names, count) => call(() => inner.peekMessages(names, count)),
    enqueueMessage: (message) => call(() => inner.enqueueMessage(message)),
    // A wait is no work, and may never end.
    waitForMessages: (names, signal) =>
      alive ? answer(inner.waitForMessages(names, signal)) : new Promise(() => {}),
  };
  const kill = async (): Promise<void> => {
    alive = false;
    await Promise.allSettled(sent);
  };
  return { driver, kill };
}

/** Reads the last row with one bit turned round. */
function damagedDriver(inner: EngineDriver): EngineDriver {
  const load = async (): Promise<RunImage | null> => {
    const image = await inner.load();
    const last = image?.entries.at(-1);
    if (image === null || last === undefined) return image;
    const value = last.value.slice();
    const middle = value.length >> 1;
    value[middle] = (value[middle] as number) ^ 1;
    return { ...image, entries: [...image.entries.slice(0, -1), { key: last.key, value }] };
  };
  return Object.assign(Object.create(inner) as EngineDriver, { load });
}
