import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ScenarioReport } from "./report/scenario-report.ts";
import type { Form, Scenario } from "./scenarios/scenario.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

/** Runs a scenario in a process of its own: what others left in the heap is not measured, and none can end them all. */
export async function runApart({ id }: Scenario, form: Form): Promise<ScenarioReport> {
  const flags = ["--expose-gc", MAIN, "--inside", id, ...(form === "long" ? ["--long"] : [])];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (code !== 0) throw new Error(`Scenario ${id} ended with code ${code}.`);
  return JSON.parse(output) as ScenarioReport;
}

/** Runs a scenario here. */
export async function runHere({ id, title, run }: Scenario, form: Form): Promise<ScenarioReport> {
  const started = performance.now();
  const findings = await run(form);
  return { id, title, seconds: (performance.now() - started) / 1_000, ...findings };
}
