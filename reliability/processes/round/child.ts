import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** How a child ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How to start a child. */
export interface ChildOptions {
  readonly name: string;
  /** Relative to this rig's folder. */
  readonly script: string;
  readonly parameters: readonly string[];
  /** Of Node. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whom it runs as; absent: whom this process does. */
  readonly uid?: number;
}

/** How much of what a child says on its standard error is kept. */
const KEPT_BYTES = 4_000;

/** A process that this one started. It ends with this one at the latest: its standard input ends then. */
export class Child {
  readonly name: string;
  readonly ended: Promise<Ended>;
  /** Resolves with true when it says that it is ready, with false when it ended before. */
  readonly ready: Promise<boolean>;
  readonly #process: ChildProcess;
  #complaint = "";
  #over = false;

  constructor({ name, script, parameters, flags = [], env = {}, uid }: ChildOptions) {
    this.name = name;
    const file = join(import.meta.dirname, "..", script);
    this.#process = spawn(process.execPath, [...flags, file, ...parameters], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...env },
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    this.#process.stdin?.on("error", () => {});
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-KEPT_BYTES);
    });
    this.ended = new Promise((resolve, reject) => {
      this.#process.on("error", reject).on("close", (code, signal) => {
        this.#over = true;
        resolve({ code, signal });
      });
    });
    const said = new Promise<boolean>((resolve) => this.#process.stdout?.once("data", () => resolve(true)));
    this.ready = Promise.race([said, this.ended.then(() => false)]);
  }

  get alive(): boolean {
    return !this.#over;
  }

  /** The end of what it said on its standard error. */
  get complaint(): string {
    return this.#complaint;
  }

  /** Whether it stands still, by a SIGSTOP. */
  get stopped(): boolean {
    return this.alive && processState(this.#process.pid ?? 0) === "T";
  }

  /** False when there is nobody to be told any more. */
  signal(signal: NodeJS.Signals): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null && this.#process.kill(signal);
  }
}

/** Why it cannot be seen here whether a process stands still; null when it can. */
export function standstillProblem(): string | null {
  return processState(process.pid) === null
    ? "there is no /proc that tells whether a process stands still"
    : null;
}

/** A letter, as in proc(5); null when there is no such process, or no such file system. */
function processState(pid: number): string | null {
  try {
    const [, state = null] = /\) (.)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return state;
  } catch {
    return null;
  }
}
