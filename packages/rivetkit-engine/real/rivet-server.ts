import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

const installed = fileURLToPath(new URL("./installed", import.meta.url));
const endpoint = "http://127.0.0.1:6420";

interface Setup {
  readonly directory: string;
  readonly effectsFile: string;
  readonly longSleepMs: number;
}

/** A RivetKit server in a process of its own, with the engine process that it starts. */
export class RivetServer {
  readonly #setup: Setup;
  #process: ChildProcess | null = null;
  #client: RivetClient | null = null;

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  get client(): RivetClient {
    if (this.#client === null) throw new Error("The server has not been started.");
    return this.#client;
  }

  async start(): Promise<void> {
    this.#launch();
    this.#client = await RivetClient.connect();
  }

  /** Ends the server as a deploy would, and starts it again. */
  async restart(): Promise<void> {
    await this.#end();
    this.#launch();
  }

  /** Ends the server and the engine process, which outlives it. */
  async stop(): Promise<void> {
    await this.#end();
    for (const pid of enginePids(this.#storage)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  }

  get #storage(): string {
    return join(this.#setup.directory, "storage");
  }

  #launch(): void {
    const { effectsFile, longSleepMs } = this.#setup;
    this.#process = spawn(process.execPath, [join(installed, "server.ts")], {
      cwd: installed,
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        RIVET_RUN_SERVICES: "0",
        RIVETKIT_STORAGE_PATH: this.#storage,
        RIVET_LOG_LEVEL: process.env.RIVET_LOG_LEVEL ?? "error",
        EFFECTS_FILE: effectsFile,
        LONG_SLEEP_MS: String(longSleepMs),
      },
    });
  }

  async #end(): Promise<void> {
    const server = this.#process;
    this.#process = null;
    if (server === null || server.exitCode !== null) return;
    server.kill("SIGTERM");
    const killed = setTimeout(() => server.kill("SIGKILL"), 15_000);
    await once(server, "exit");
    clearTimeout(killed);
  }
}

/** The pids that RivetKit has written down of what it started. */
function enginePids(storage: string): number[] {
  if (!existsSync(storage)) return [];
  const files = readdirSync(storage, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith("runtime.json"))
    .map((file) => Number((JSON.parse(readFileSync(join(storage, file), "utf8")) as { pid?: number }).pid))
    .filter((pid) => Number.isInteger(pid) && pid > 1);
}

type Handle = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** RivetKit's client, loosely typed: the actors are another project's. */
export class RivetClient {
  readonly #client: Record<string, { getOrCreate(key: string[]): Handle }>;

  private constructor(client: unknown) {
    this.#client = client as never;
  }

  static async connect(): Promise<RivetClient> {
    const resolve = createRequire(join(installed, "package.json")).resolve;
    const { createClient } = (await import(pathToFileURL(resolve("rivetkit/client")).href)) as {
      createClient: (options: object) => unknown;
    };
    return new RivetClient(createClient({ endpoint }));
  }

  actor(name: string, key: string): Actor {
    const actors = this.#client[name];
    if (actors === undefined) throw new Error(`There is no actor "${name}".`);
    return new Actor(actors.getOrCreate([key]));
  }

  /** Asks again until there is something to see; errors in between are those of a server that starts. */
  async until(look: () => Promise<unknown>, timeoutMs = 60_000): Promise<unknown> {
    const end = Date.now() + timeoutMs;
    let failure: unknown = null;
    while (Date.now() < end) {
      try {
        const seen = await within(look(), 10_000);
        if (seen !== null && seen !== undefined) return seen;
      } catch (error) {
        failure = error;
      }
      await pause(100);
    }
    throw new Error(`Nothing was seen within ${timeoutMs} ms.`, { cause: failure });
  }
}

export class Actor {
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** Calls an action, also of a server that is starting. */
  async call(action: string): Promise<unknown> {
    return retried(() => (this.#handle[action] as Handle[string])());
  }

  async send(name: string, body: unknown): Promise<void> {
    await (this.#handle.send as Handle[string])(name, body);
  }

  /** Sends a message and waits for its answer. */
  async ask(name: string, body: unknown): Promise<unknown> {
    const answer = (await (this.#handle.send as Handle[string])(name, body, {
      wait: true,
      timeout: 60_000,
    })) as {
      response?: unknown;
    };
    return answer.response;
  }
}

async function retried(work: () => Promise<unknown>): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await within(work(), 10_000);
    } catch (error) {
      if (attempt === 30) throw error;
      await pause(500);
    }
  }
}

async function within(work: Promise<unknown>, timeoutMs: number): Promise<unknown> {
  const late = new AbortController();
  const timeout = pause(timeoutMs, null, { signal: late.signal }).then(() => {
    throw new Error(`No answer within ${timeoutMs} ms.`);
  });
  timeout.catch(() => {});
  return Promise.race([work, timeout]).finally(() => late.abort());
}
