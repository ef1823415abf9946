import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type ServerHttp2Session } from "node:http2";
import { join } from "node:path";
import type { WorkflowContext, WorkflowSharedContext } from "@restatedev/restate-sdk";
import { freePort } from "../../free-port.ts";
import type { RunOrder } from "../../program.ts";
import { PROGRAM_NAMES, runProgram } from "../../program.ts";
import type { OpenOptions, Session, Subject } from "../../subject.ts";
import { type FlatEngine, flatOperations } from "../flat-operations.ts";
import { folderBytes } from "../stored-bytes.ts";
import { type RestatePorts, startRestateServer } from "./restate-server.ts";

/** Requests for a result that are open at once: each is a connection. */
const MOST_ATTACHED = 256;
/** How long a waiting run stays in memory where it is to leave. */
const INACTIVITY_MS = 100;

type Ports = RestatePorts & { readonly services: number };
type Restate = typeof import("@restatedev/restate-sdk");

function engineOf(ctx: WorkflowContext): FlatEngine {
  return {
    step: (name, body) => ctx.run(name, body),
    receive: (_name, message) => ctx.promise<string>(message).get(),
    sleepUntil: (name, instant) => ctx.sleep(Math.max(0, instant - Date.now()), name),
  };
}

function workflowsOf(restate: Restate, inactivityTimeout: number | undefined) {
  return PROGRAM_NAMES.map((program) =>
    restate.workflow({
      name: program,
      handlers: {
        run: (ctx: WorkflowContext, order: RunOrder): Promise<unknown> =>
          runProgram(flatOperations(engineOf(ctx)), order),
        send: async (ctx: WorkflowSharedContext, message: string): Promise<void> =>
          ctx.promise<string>(message).resolve("go"),
      },
      options: inactivityTimeout === undefined ? {} : { inactivityTimeout },
    }),
  );
}

type BenchWorkflow = ReturnType<typeof workflowsOf>[number];

/** Runs are pinned to the address of their code, so every process of one measurement uses the same ports. */
async function portsOf(folder: string): Promise<Ports> {
  const file = join(folder, "restate-ports.json");
  if (!existsSync(file)) {
    const [node, ingress, admin, services] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
      freePort(),
    ]);
    writeFileSync(file, JSON.stringify({ node, ingress, admin, services }));
  }
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Serves the workflows; the result ends that, with the connections that the server keeps. */
async function serve(
  restate: Restate,
  services: BenchWorkflow[],
  port: number,
): Promise<() => Promise<void>> {
  const endpoint = createServer(restate.createEndpointHandler({ services, logger: () => {} }));
  const sessions = new Set<ServerHttp2Session>();
  endpoint.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => {
    endpoint.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return () => {
    for (const session of sessions) session.destroy();
    return new Promise((resolve) => endpoint.close(() => resolve()));
  };
}

/** Lets so many callers in at once. */
function gate(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}

export const restate: Subject = {
  id: "restate",
  label: "Restate server",
  storage: "server",
  durability: "a power cut",
  settings: `a server of one node, defaults; messages are workflow promises; waiting runs leave the memory after ${INACTIVITY_MS} ms where they are to, else after a minute; RSS is the SDK's process`,
  gaps: {},
  load: async () => {
    const sdk = await import("@restatedev/restate-sdk");
    const { connect } = await import("@restatedev/restate-sdk-clients");
    return async ({ folder, parked }: OpenOptions): Promise<Session> => {
      const ports = await portsOf(folder);
      const server = await startRestateServer(folder, ports);
      const workflows = workflowsOf(sdk, parked === "leave" ? INACTIVITY_MS : undefined);
      const stopServing = await serve(sdk, workflows, ports.services);
      await server.register(ports.services);
      const ingress = connect({ url: server.ingressUrl });
      const client = ({ program, id }: RunOrder) =>
        ingress.workflowClient<BenchWorkflow>({ name: program }, id);
      const attached = gate(MOST_ATTACHED);
      return {
        start: async (order) => void (await client(order).workflowSubmit(order)),
        result: (order) => attached(() => client(order).workflowAttach()),
        send: async (order, message) => client(order).send(message),
        storedBytes: async () => folderBytes(join(folder, "restate")),
        close: async () => {
          // The server first: it would connect again while the services are being closed.
          await server.stop();
          await stopServing();
        },
      };
    };
  },
};
