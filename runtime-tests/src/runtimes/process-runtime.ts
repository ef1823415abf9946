import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { decodeLines } from "../smoke/lines.ts";
import type { CaseReport } from "../smoke/run-case.ts";
import type { Runtime } from "./runtime.ts";

const ENTRY = join(import.meta.dirname, "../entries/process.ts");
/** All cases take a few seconds. */
const TIMEOUT_MS = 120_000;

/** A runtime that is a command which runs TypeScript. */
export function processRuntime(name: string, command: string, args: readonly string[] = []): Runtime {
  return {
    name,
    async run() {
      const options = { timeout: TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 } as const;
      const { stdout } = await promisify(execFile)(command, [...args, ENTRY], options);
      const lines = decodeLines(stdout);
      const version = lines.flatMap((line) => ("version" in line ? [line.version] : []))[0] ?? "unknown";
      return { version, reports: lines.filter((line): line is CaseReport => "stage" in line) };
    },
  };
}
