import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

const HERE = join(import.meta.dirname, "..");
const PATIENCE_MS = 60_000;

/** `wrangler dev` on this machine, with what the objects store kept in a folder. */
export class DevServer {
  readonly #child: ChildProcess;
  readonly #url: string;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
  }

  /** Starts one; resolves when it answers. */
  static async start(folder: string): Promise<DevServer> {
    const port = await freePort();
    const options = [
      "--ip",
      "127.0.0.1",
      "--port",
      `${port}`,
      "--persist-to",
      folder,
      "--log-level",
      "error",
    ];
    const child = spawn(
      process.execPath,
      [join(HERE, "node_modules/wrangler/bin/wrangler.js"), "dev", ...options],
      {
        cwd: HERE,
        // Its processes are a group of their own, so that they can be killed together.
        detached: true,
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
      },
    );
    const server = new DevServer(child, `http://127.0.0.1:${port}`);
    const end = Date.now() + PATIENCE_MS;
    while (!(await server.#answers())) {
      if (Date.now() > end || child.exitCode !== null) throw new Error("wrangler dev did not start.");
      await setTimeout(100);
    }
    return server;
  }

  /** What the worker answers. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(this.#url + path, { method, ...sent });
    return response.json();
  }

  /** Kills it and everything that it has started, without a warning. */
  async kill(): Promise<void> {
    if (this.#child.pid === undefined || this.#child.exitCode !== null) return;
    const gone = once(this.#child, "exit");
    process.kill(-this.#child.pid, "SIGKILL");
    await gone;
  }

  async #answers(): Promise<boolean> {
    return fetch(this.#url).then(
      () => true,
      () => false,
    );
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}
