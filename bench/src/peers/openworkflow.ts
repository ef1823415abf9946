import { join } from "node:path";
import type { Workflow } from "openworkflow";
import type { RunOrder } from "../program.ts";
import { PROGRAM_NAMES, runProgram } from "../program.ts";
import { pause } from "../stopwatch.ts";
import type { OpenOptions, Session, Subject } from "../subject.ts";
import { type FlatEngine, flatOperations } from "./flat-operations.ts";
import { postgresBytes, sqliteBytes } from "./stored-bytes.ts";

/** Runs in work at once. */
const CONCURRENCY = 100;
/** Milliseconds before a signal that no run was waiting for is sent again. */
const RESEND_MS = 1;

type OpenWorkflow = typeof import("openworkflow");
type StepApi = Parameters<Workflow<RunOrder, unknown, RunOrder>["fn"]>[0]["step"];
type Backend = ConstructorParameters<OpenWorkflow["OpenWorkflow"]>[0]["backend"];

/** Signals have names of their own; the run's id makes them the run's. */
function signalOf(runId: string, message: string): string {
  return `${runId} ${message}`;
}

function engineOf(step: StepApi, runId: string): FlatEngine {
  return {
    step: (name, body) => step.run({ name }, body),
    receive: async (name, message) =>
      (await step.waitForSignal({ name, signal: signalOf(runId, message), timeout: "1h" }))?.data,
    sleepUntil: (name, instant) => step.sleep(name, `${Math.max(0, instant - Date.now())}ms`),
  };
}

async function openOn(
  { OpenWorkflow }: OpenWorkflow,
  backend: Backend,
  storedBytes: () => Promise<number>,
): Promise<Session> {
  const engine = new OpenWorkflow({ backend });
  const workflows = new Map(
    PROGRAM_NAMES.map((program) => [
      program,
      engine.defineWorkflow<RunOrder, unknown>({ name: program }, ({ input, step }) =>
        runProgram(flatOperations(engineOf(step, input.id)), input),
      ),
    ]),
  );
  const worker = engine.newWorker({ concurrency: CONCURRENCY });
  await worker.start();
  const handleOf = (order: RunOrder) =>
    workflows.get(order.program)?.run(order, { idempotencyKey: order.id });
  const handles = new Map<string, ReturnType<typeof handleOf>>();
  const handle = (order: RunOrder) => {
    const known = handles.get(order.id) ?? handleOf(order);
    handles.set(order.id, known);
    return known;
  };
  return {
    start: async (order) => void (await handle(order)),
    result: async (order) => (await handle(order))?.result({ timeoutMs: 3_600_000 }),
    send: async (order, message) => {
      const signal = signalOf(order.id, message);
      // What no run waits for is dropped, so it is sent until one has it.
      while ((await engine.sendSignal({ signal, data: null })).workflowRunIds.length === 0) {
        await pause(RESEND_MS);
      }
    },
    storedBytes,
    close: async () => {
      await worker.stop();
      await backend.stop();
    },
  };
}

const SETTINGS = `concurrency ${CONCURRENCY}; results and due runs are polled for; a signal is sent until a run has it; loops and branches are plain JavaScript`;
const COMMON = { durability: "a power cut", settings: SETTINGS, gaps: {}, mostOperations: 1_000 } as const;

export const openWorkflowOnSqlite: Subject = {
  ...COMMON,
  id: "openworkflow-sqlite-full",
  label: "OpenWorkflow, SQLite FULL",
  storage: "sqlite-full",
  load: async () => {
    const library = await import("openworkflow");
    const { BackendSqlite } = await import("openworkflow/sqlite");
    return async ({ folder }: OpenOptions) => {
      const path = join(folder, "openworkflow.db");
      return openOn(library, BackendSqlite.connect(path), async () => sqliteBytes(path));
    };
  },
};

export const openWorkflowOnPostgres: Subject = {
  ...COMMON,
  id: "openworkflow-postgres",
  label: "OpenWorkflow, PostgreSQL",
  storage: "postgres",
  load: async () => {
    const library = await import("openworkflow");
    const { BackendPostgres } = await import("openworkflow/postgres");
    return async ({ postgresUrl }: OpenOptions) =>
      openOn(library, await BackendPostgres.connect(postgresUrl), () => postgresBytes(postgresUrl));
  },
};
