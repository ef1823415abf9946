import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** How a process ended, and the lines it printed. */
interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string[];
}

/** A running script of this folder. */
export interface RunningProcess {
  readonly child: ChildProcess;
  /** Everything that was printed so far. */
  readonly output: readonly string[];
  /** Calls back for every line as it comes. */
  onLine(call: (line: string) => void): void;
  readonly ended: Promise<Ended>;
}

/** Starts a script of this folder in a process of its own. */
export function runProcess(script: string, parameters: readonly string[]): RunningProcess {
  const file = join(import.meta.dirname, script);
  const flags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...flags, file, ...parameters], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => output.push(line));
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, output }));
  });
  return { child, output, onLine: (call) => lines.on("line", call), ended };
}
