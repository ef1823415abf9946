// Runs on Node, Bun or Deno: all cases on each storage that the runtime has.
import process from "node:process";
import { encodeLine } from "../smoke/lines.ts";
import { runCases } from "../smoke/run-case.ts";
import { processStages } from "../stages/process-stages.ts";

const { bun, deno, node } = process.versions;
process.stdout.write(encodeLine({ version: deno ?? bun ?? node }));

const warnings: string[] = [];
process.on("warning", (warning: Error) => {
  if (warning.name !== "ExperimentalWarning") warnings.push(String(warning));
});

for (const stage of await processStages()) {
  for (const report of await runCases(stage)) process.stdout.write(encodeLine(report));
}
const problem = warnings.length === 0 ? {} : { problem: warnings.join("\n") };
process.stdout.write(encodeLine({ name: "no warning was given", stage: "memory", ms: 0, ...problem }));
