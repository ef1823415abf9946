import type { RunOrder } from "../program.ts";
import { PROGRAM_NAMES, runProgram } from "../program.ts";
import type { OpenOptions, Session, Subject } from "../subject.ts";
import { type FlatEngine, flatOperations } from "./flat-operations.ts";
import { postgresBytes } from "./stored-bytes.ts";

/** Longer than any measurement waits. */
const WAIT_SECONDS = 3_600;

type Dbos = typeof import("@dbos-inc/dbos-sdk")["DBOS"];

function engineOf(DBOS: Dbos): FlatEngine {
  return {
    step: (name, body) => DBOS.runStep(body, { name }),
    receive: (_name, message) => DBOS.recv(message, { timeoutSeconds: WAIT_SECONDS }),
    sleepUntil: (_name, instant) => DBOS.sleep(Math.max(0, instant - Date.now())),
  };
}

export const dbos: Subject = {
  id: "dbos",
  label: "DBOS, PostgreSQL",
  storage: "postgres",
  durability: "a power cut",
  settings: "defaults; waiting runs stay in memory; W3 counts from the launch, which takes runs up",
  gaps: {},
  resumesWhenOpened: true,
  load: async () => {
    const { DBOS } = await import("@dbos-inc/dbos-sdk");
    const run = async (order: RunOrder) => runProgram(flatOperations(engineOf(DBOS)), order);
    const workflows = new Map(
      PROGRAM_NAMES.map((program) => [
        program,
        DBOS.registerWorkflow((order: RunOrder) => run(order), { name: program }),
      ]),
    );
    return async ({ postgresUrl }: OpenOptions): Promise<Session> => {
      DBOS.setConfig({
        name: "bench",
        systemDatabaseUrl: postgresUrl,
        logLevel: "error",
        applicationVersion: "1",
      });
      await DBOS.launch();
      const results = new Map<string, Promise<unknown>>();
      return {
        start: async (order) => {
          const workflow = workflows.get(order.program);
          if (workflow === undefined) throw new Error(`there is no program "${order.program}"`);
          const handle = await DBOS.startWorkflow(workflow, { workflowID: order.id })(order);
          results.set(order.id, handle.getResult());
        },
        result: ({ id }) => results.get(id) ?? DBOS.retrieveWorkflow(id).getResult(),
        send: ({ id }, message) => DBOS.send(id, "go", message),
        storedBytes: () => postgresBytes(postgresUrl),
        close: () => DBOS.shutdown(),
      };
    };
  },
};
