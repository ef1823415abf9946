import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { pause } from "../../stopwatch.ts";

/** Milliseconds between two looks whether the server is there. */
const LOOK_MS = 20;
const START_MS = 30_000;

export interface RestatePorts {
  readonly node: number;
  readonly ingress: number;
  readonly admin: number;
}

export interface RestateServer {
  readonly ingressUrl: string;
  /** Tells the server where the services are. */
  register(port: number): Promise<void>;
  stop(): Promise<void>;
}

/** A server of one node with its defaults, on loopback, its files under `folder`. */
export async function startRestateServer(folder: string, ports: RestatePorts): Promise<RestateServer> {
  const binary = `@restatedev/restate-server-${platform()}-${arch()}/bin/restate-server`;
  const server = spawn(createRequire(import.meta.url).resolve(binary), ["--no-logo"], {
    cwd: folder,
    stdio: "ignore",
    env: {
      ...process.env,
      RESTATE_NODE_NAME: "bench",
      RESTATE_BASE_DIR: join(folder, "restate"),
      RESTATE_DISABLE_TELEMETRY: "true",
      RESTATE_LISTEN_MODE: "tcp",
      RESTATE_BIND_IP: "127.0.0.1",
      RESTATE_BIND_PORT: String(ports.node),
      RESTATE_INGRESS__BIND_PORT: String(ports.ingress),
      RESTATE_ADMIN__BIND_PORT: String(ports.admin),
    },
  });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const adminUrl = `http://127.0.0.1:${ports.admin}`;
  const ingressUrl = `http://127.0.0.1:${ports.ingress}`;
  await answers(`${adminUrl}/health`);
  await answers(`${ingressUrl}/restate/health`);
  return {
    ingressUrl,
    register: async (port) => {
      const response = await fetch(`${adminUrl}/deployments`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ uri: `http://127.0.0.1:${port}`, force: true }),
      });
      if (!response.ok) throw new Error(`Restate refused the services: ${await response.text()}`);
    },
    stop: async () => {
      // What it acknowledged is on the disk; in an orderly end it would wait for runs that sleep.
      server.kill("SIGKILL");
      await ended;
    },
  };
}

async function answers(url: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (
    !(await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (Date.now() > deadline) throw new Error(`${url} did not answer within ${START_MS / 1_000} s`);
    await pause(LOOK_MS);
  }
}
