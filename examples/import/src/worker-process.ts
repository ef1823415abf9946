import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));

/** A worker that is started, killed without warning, and started again. */
export class WorkerProcess {
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #kills = 0;

  constructor(...args: readonly string[]) {
    this.#args = args;
  }

  /** How often it was killed and started again. */
  get kills(): number {
    return this.#kills;
  }

  start(): void {
    this.#child = fork(WORKER, this.#args);
  }

  async killAndRestart(): Promise<void> {
    await this.kill();
    this.#kills += 1;
    this.start();
  }

  /** SIGKILL: no handler runs, nothing is flushed, no lease is given back. */
  async kill(): Promise<void> {
    await this.#end((child) => child.kill("SIGKILL"));
  }

  /** Lets it finish what it is doing. */
  async stop(): Promise<void> {
    await this.#end((child) => child.disconnect());
  }

  /** @throws Error when it ended without being told to. */
  check(): void {
    const { exitCode = null, signalCode = null } = this.#child ?? {};
    if (exitCode === null && signalCode === null) return;
    throw new Error(`the worker ended by itself (${signalCode ?? `exit code ${exitCode}`})`);
  }

  async #end(how: (child: ChildProcess) => unknown): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    how(child);
    await ended;
  }
}
