import { join } from "node:path";
import type { WorkflowContext } from "holdfast";
import type { Operations, ProgramInput, RunOrder } from "../program.ts";
import { PROGRAM_NAMES, runProgram } from "../program.ts";
import type { OpenOptions, Session, Subject } from "../subject.ts";
import { sqliteBytes } from "./stored-bytes.ts";

/** More than any benchmark parks. */
const WHOLE_CACHE = 20_000;

type Holdfast = typeof import("holdfast");

function operationsOf(ctx: WorkflowContext, Loop: Holdfast["Loop"]): Operations {
  return {
    step: (name, body) => ctx.step(name, body),
    receive: (name, message) => ctx.listen(name, message),
    sleepUntil: (name, instant) => ctx.sleepUntil(name, instant),
    loop: async (name, iterations, body) => {
      const run = async (inner: WorkflowContext, index: number) => {
        await body(operationsOf(inner, Loop), index);
        return index + 1 < iterations ? Loop.continue(index + 1) : Loop.break();
      };
      await ctx.loop({ name, state: 0, run });
    },
    branches: async (kind, count, body) => {
      const indexes = Array.from({ length: count }, (_, index) => index);
      const branch = (inner: WorkflowContext, index: number) => body(operationsOf(inner, Loop), index);
      if (kind === "map") {
        await ctx.map("branches", indexes, branch, { concurrency: count });
        return;
      }
      const named = indexes.map((index) => [
        `branch-${index}`,
        { run: (inner: WorkflowContext) => branch(inner, index) },
      ]);
      await ctx.join("branches", Object.fromEntries(named));
    },
  };
}

/** The engine alone, on a driver in memory. */
export const holdfastInMemory: Subject = {
  id: "holdfast-memory",
  label: "Holdfast, memory driver",
  storage: "memory",
  durability: "none: ends with the process",
  settings: "the engine alone, live mode",
  gaps: { W5: "a bare driver has no host that would wake it", W7: "nothing is on disk" },
  bundle: `export { defineWorkflow, Loop, runWorkflow } from "holdfast"; export { memoryDriver } from "holdfast/memory";`,
  load: async () => {
    const { Loop, runWorkflow } = await import("holdfast");
    const { memoryDriver } = await import("holdfast/memory");
    return async ({ parked }: OpenOptions): Promise<Session> => {
      const drivers = new Map<string, ReturnType<typeof memoryDriver>>();
      const handles = new Map<string, ReturnType<typeof run>>();
      const mode = parked === "leave" ? "yield" : "live";
      const run = (order: RunOrder) => {
        const driver = drivers.get(order.id) ?? memoryDriver({ workflowId: order.id });
        drivers.set(order.id, driver);
        const body = (ctx: WorkflowContext, input: ProgramInput) =>
          runProgram(operationsOf(ctx, Loop), { ...order, input });
        return runWorkflow(order.id, { name: order.program, run: body }, order.input, driver, { mode });
      };
      const start = async (order: RunOrder): Promise<void> => void handles.set(order.id, run(order));
      return {
        start,
        result: async ({ id }) => handles.get(id)?.result,
        send: async ({ id }, message) => handles.get(id)?.send(message, null),
        restart: start,
        commits: async () => {
          let commits = 0;
          for (const driver of drivers.values()) commits += driver.stats.commits;
          return commits;
        },
        close: async () => {
          for (const driver of drivers.values()) await driver.close();
        },
      };
    };
  },
};

/** A host on a SQLite file. */
function holdfastOnSqlite(synchronous: "full" | "normal"): Subject {
  return {
    id: `holdfast-sqlite-${synchronous}`,
    label: `Holdfast, SQLite ${synchronous.toUpperCase()}`,
    storage: `sqlite-${synchronous}`,
    durability: synchronous === "full" ? "a power cut" : "a killed process",
    settings: `host, 100 runs in work at once (the default), cache ${WHOLE_CACHE} where runs stay in memory, else 0`,
    gaps: {},
    load: async () => {
      const { createHost, defineWorkflow, Loop } = await import("holdfast");
      const { sqliteStore } = await import("holdfast/sqlite");
      const workflows = PROGRAM_NAMES.map((program) =>
        defineWorkflow({
          name: program,
          run: (ctx, input: ProgramInput) =>
            runProgram(operationsOf(ctx, Loop), { program, id: ctx.workflowId, input }),
        }),
      );
      return async ({ folder, parked }: OpenOptions): Promise<Session> => {
        const path = join(folder, "holdfast.db");
        const store = sqliteStore({ path, synchronous });
        const cacheSize = parked === "leave" ? 0 : WHOLE_CACHE;
        const host = await createHost({ store, workflows, cacheSize });
        return {
          start: async ({ program, id, input }) =>
            void (await host.start(program, { workflowId: id, input })),
          result: ({ id }) => host.handle(id).result(),
          send: ({ id }, message) => host.handle(id).send(message, null),
          storedBytes: async () => sqliteBytes(path),
          commits: async () => store.stats.transactions,
          close: async () => {
            await host.stop();
            await store.close();
          },
        };
      };
    },
  };
}

export const holdfastOnFull = holdfastOnSqlite("full");
export const holdfastOnNormal = holdfastOnSqlite("normal");

const NOT_YET = "Holdfast's PostgreSQL driver is not there yet";

/** The place of the column; its driver is not there yet. */
export const holdfastOnPostgres: Subject = {
  id: "holdfast-postgres",
  label: "Holdfast, PostgreSQL",
  storage: "postgres",
  durability: "a power cut",
  settings: "",
  gaps: {
    W1: NOT_YET,
    W2: NOT_YET,
    W3: NOT_YET,
    W4: NOT_YET,
    W5: NOT_YET,
    W6: NOT_YET,
    W7: NOT_YET,
    W8: NOT_YET,
    W9: NOT_YET,
  },
  load: () => Promise.reject(new Error(NOT_YET)),
};
