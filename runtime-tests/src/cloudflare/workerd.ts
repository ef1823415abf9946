import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { Miniflare, Response } from "miniflare";
import { bundle } from "../bundle.ts";

export interface WorkerdOptions {
  /** The worker, in `src`. */
  readonly entry: string;
  /** Classes of Durable Objects by their bindings. */
  readonly objects: Readonly<Record<string, string>>;
  /** @default the newest that the installed workerd knows of */
  readonly compatibilityDate?: string;
  readonly compatibilityFlags?: readonly string[];
  /** What the worker reaches outside of workerd, by its bindings: is given a text and answers with one. */
  readonly services?: Readonly<Record<string, (text: string) => string | Promise<string>>>;
}

/** A worker on workerd, with objects that are stored in a folder of their own. */
export class Workerd {
  readonly #options: WorkerdOptions;
  readonly #scriptPath: string;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "holdfast-workerd-"));
  #miniflare: Miniflare;

  private constructor(options: WorkerdOptions, scriptPath: string) {
    this.#options = options;
    this.#scriptPath = scriptPath;
    this.#miniflare = this.#start();
  }

  static async start(options: WorkerdOptions): Promise<Workerd> {
    const workerd = new Workerd(options, await bundle(options.entry, { external: [/^cloudflare:/] }));
    await workerd.#miniflare.ready;
    return workerd;
  }

  /** What the worker answers, as data. */
  async get(path: string): Promise<unknown> {
    const response = await this.#miniflare.dispatchFetch(`http://worker${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`The worker answered ${path} with ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  /** Kills the process, and starts another one on what it has stored. */
  async restart(): Promise<void> {
    await this.#miniflare.dispose();
    this.#miniflare = this.#start();
    await this.#miniflare.ready;
  }

  async stop(): Promise<void> {
    await this.#miniflare.dispose();
    rmSync(this.#folder, { recursive: true });
  }

  #start(): Miniflare {
    const {
      objects,
      compatibilityDate = "2026-07-01",
      compatibilityFlags = [],
      services = {},
    } = this.#options;
    const classes = Object.entries(objects).map(([binding, className]) => [
      binding,
      { className, useSQLite: true },
    ]);
    const answers = Object.entries(services).map(([binding, answer]) => [
      binding,
      async (request: Request) => new Response(await answer(await request.text())),
    ]);
    return new Miniflare({
      modules: [{ type: "ESModule", path: this.#scriptPath }],
      compatibilityDate,
      compatibilityFlags: [...compatibilityFlags],
      durableObjects: Object.fromEntries(classes),
      serviceBindings: Object.fromEntries(answers),
      durableObjectsPersist: this.#folder,
      cf: false,
      host: "127.0.0.1",
      handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
        stdout.resume();
        void tellProblems(stderr);
      },
    });
  }
}

/** What workerd says, but for remarks that are meant for its makers: of alarms that were moved while they fired. */
async function tellProblems(stderr: Readable): Promise<void> {
  for await (const line of createInterface({ input: stderr })) {
    if (!line.includes("NOSENTRY")) process.stderr.write(`${line}\n`);
  }
}
