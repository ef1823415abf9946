import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { ChildAnswer, ChildRequest } from "./child-request.ts";

/** Characters of what a failed child wrote that its error keeps. */
const KEPT_OUTPUT = 2_000;

const running = new Set<ChildProcess>();
// A benchmark that is interrupted leaves no server behind.
process.on("exit", () => {
  for (const child of running) end(child);
});

/** Runs one measurement in a process of its own, which is ended with all it started after `limitMs`. */
export function spawnMeasurement(
  request: ChildRequest,
  limitMs: number,
  { ownGroup = true } = {},
): Promise<ChildAnswer> {
  const child = fork(join(import.meta.dirname, "child.ts"), [JSON.stringify(request)], {
    // A group of its own, so that servers that it started end with it.
    detached: ownGroup,
    execArgv: ["--expose-gc", "--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT);
    });
  }
  return new Promise((resolve) => {
    let answer: ChildAnswer | undefined;
    const timer = setTimeout(() => {
      answer ??= { error: `took longer than ${limitMs / 1_000} s` };
      if (ownGroup) end(child);
      else child.kill("SIGKILL");
    }, limitMs);
    child.on("message", (message) => {
      answer ??= message as ChildAnswer;
    });
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      if (ownGroup) end(child);
      running.delete(child);
      resolve(answer ?? { error: `ended without an answer (${signal ?? code}): ${output}` });
    });
  });
}

function end(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}
