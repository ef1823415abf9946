import { join } from "node:path";
import type { WorkflowContextInterface, WorkflowHandle } from "@rivetkit/workflow-engine";
import type { Operations, RunOrder } from "../../program.ts";
import { runProgram } from "../../program.ts";
import type { OpenOptions, Session, Subject } from "../../subject.ts";
import type { KeyValues } from "./key-values.ts";
import { MemoryKeyValues } from "./memory-key-values.ts";
import { RivetDriver } from "./rivet-driver.ts";
import { SqliteKeyValues } from "./sqlite-key-values.ts";

type Rivet = typeof import("@rivetkit/workflow-engine");

function operationsOf(ctx: WorkflowContextInterface, Loop: Rivet["Loop"]): Operations {
  return {
    step: (name, body) => ctx.step(name, body),
    receive: (name, message) => ctx.queue.next(name, { names: [message] }),
    sleepUntil: (name, instant) => ctx.sleepUntil(name, instant),
    loop: async (name, iterations, body) => {
      const run = async (inner: WorkflowContextInterface, index: number) => {
        await body(operationsOf(inner, Loop), index);
        return index + 1 < iterations ? Loop.continue(index + 1) : Loop.break(undefined);
      };
      await ctx.loop<number, undefined>({ name, state: 0, run });
    },
    branches: async (_kind, count, body) => {
      const named = Array.from({ length: count }, (_, index) => [
        `branch-${index}`,
        { run: (inner: WorkflowContextInterface) => body(operationsOf(inner, Loop), index) },
      ]);
      await ctx.join("branches", Object.fromEntries(named));
    },
  };
}

/** Milliseconds between two looks for due alarms. */
const ALARM_POLL_MS = 20;

/** What a platform does for Rivet's engine: it keeps the runs that wait, and runs those again whose alarm is due. */
class Platform implements Session {
  readonly #rivet: Rivet;
  readonly #values: KeyValues;
  readonly #mode: "live" | "yield";
  readonly #orders = new Map<string, RunOrder>();
  readonly #drivers = new Map<string, RivetDriver>();
  readonly #handles = new Map<string, WorkflowHandle>();
  readonly #results = new Map<string, PromiseWithResolvers<unknown>>();
  readonly #alarms: NodeJS.Timeout;

  constructor(rivet: Rivet, values: KeyValues, mode: "live" | "yield") {
    this.#rivet = rivet;
    this.#values = values;
    this.#mode = mode;
    this.#alarms = setInterval(() => this.#wakeDue(), ALARM_POLL_MS);
  }

  /** Resolves when the run was created and, where it yields, parked. */
  async start(order: RunOrder): Promise<void> {
    this.#orders.set(order.id, order);
    const ended = this.#run(order);
    if (this.#mode === "yield") await ended;
  }

  result({ id }: RunOrder): Promise<unknown> {
    return this.#resultOf(id).promise;
  }

  async send(order: RunOrder, message: string): Promise<void> {
    const { messageDriver } = this.#driver(order.id);
    await messageDriver.addMessage({
      id: crypto.randomUUID(),
      name: message,
      data: null,
      sentAt: Date.now(),
    });
    if (!this.#handles.has(order.id)) await this.start(order);
  }

  /** `send` has started it again already, if it does not run. */
  async restart(): Promise<void> {}

  async storedBytes(): Promise<number> {
    return this.#values.bytes();
  }

  async commits(): Promise<number> {
    return this.#values.commits;
  }

  async close(): Promise<void> {
    clearInterval(this.#alarms);
    for (const handle of this.#handles.values()) handle.evict();
    await Promise.allSettled([...this.#handles.values()].map(({ result }) => result));
    this.#values.close();
  }

  async #run(order: RunOrder): Promise<void> {
    const { Loop, runWorkflow } = this.#rivet;
    const body = (ctx: WorkflowContextInterface): Promise<unknown> =>
      runProgram(operationsOf(ctx, Loop), order);
    const handle = runWorkflow(order.id, body, order.input, this.#driver(order.id), { mode: this.#mode });
    this.#handles.set(order.id, handle);
    try {
      const { state, output } = await handle.result;
      if (state === "completed") this.#resultOf(order.id).resolve(output);
    } catch (error) {
      this.#resultOf(order.id).reject(error);
    } finally {
      this.#handles.delete(order.id);
      if (this.#mode === "yield") this.#drivers.delete(order.id);
    }
  }

  #wakeDue(): void {
    for (const id of this.#values.takeDueAlarms(Date.now())) {
      const order = this.#orders.get(id);
      if (order !== undefined && !this.#handles.has(id)) void this.#run(order);
    }
  }

  #driver(id: string): RivetDriver {
    const known = this.#drivers.get(id);
    if (known !== undefined) return known;
    const driver = new RivetDriver(this.#values, id);
    this.#drivers.set(id, driver);
    return driver;
  }

  #resultOf(id: string): PromiseWithResolvers<unknown> {
    const known = this.#results.get(id);
    if (known !== undefined) return known;
    const result = Promise.withResolvers<unknown>();
    result.promise.catch(() => {});
    this.#results.set(id, result);
    return result;
  }
}

const SETTINGS =
  "the engine alone; live mode, yield mode where runs leave the memory; alarms looked for every 20 ms";

function rivetOn(storage: "memory" | "full" | "normal"): Subject {
  const inMemory = storage === "memory";
  return {
    id: inMemory ? "rivet-memory" : `rivet-sqlite-${storage}`,
    label: inMemory ? "Rivet, memory driver" : `Rivet, SQLite ${storage.toUpperCase()}`,
    storage: inMemory ? "memory" : `sqlite-${storage}`,
    durability: inMemory
      ? "none: ends with the process"
      : storage === "full"
        ? "a power cut"
        : "a killed process",
    settings: SETTINGS,
    gaps: inMemory ? { W7: "nothing is on disk" } : {},
    ...(inMemory && { bundle: `export { Loop, runWorkflow } from "@rivetkit/workflow-engine";` }),
    load: async () => {
      const rivet = await import("@rivetkit/workflow-engine");
      return async ({ folder, parked }: OpenOptions): Promise<Session> => {
        const values = inMemory
          ? new MemoryKeyValues()
          : new SqliteKeyValues(join(folder, "rivet.db"), storage);
        return new Platform(rivet, values, parked === "leave" ? "yield" : "live");
      };
    },
  };
}

export const rivetInMemory = rivetOn("memory");
export const rivetOnFull = rivetOn("full");
export const rivetOnNormal = rivetOn("normal");
