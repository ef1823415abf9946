import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { decodeLines, type Line } from "../smoke/lines.ts";
import type { CaseReport } from "../smoke/run-case.ts";
import type { Runtime } from "./runtime.ts";

/** In `src/entries`. */
type Entry = "process.ts" | "process-conformance.ts";

/** The suites take half a minute on a slow disk. */
const TIMEOUT_MS = 300_000;

/** A runtime that is a command which runs TypeScript. */
export interface ProcessRuntime {
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  /** Whether the conformance suites are run on its SQLite too. */
  readonly conformance: boolean;
}

export function processRuntime({ name, command, args = [], conformance }: ProcessRuntime): Runtime {
  const linesOf = async (entry: Entry): Promise<Line[]> => {
    const file = join(import.meta.dirname, "../entries", entry);
    const options = { timeout: TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 } as const;
    return decodeLines((await promisify(execFile)(command, [...args, file], options)).stdout);
  };
  return {
    name,
    async run() {
      const lines = await linesOf("process.ts");
      const version = lines.flatMap((line) => ("version" in line ? [line.version] : []))[0] ?? "unknown";
      const own = conformance ? await linesOf("process-conformance.ts") : [];
      return { version, reports: lines.filter(isReport), own: own.filter(isReport) };
    },
  };
}

const isReport = (line: Line): line is CaseReport => "stage" in line;
