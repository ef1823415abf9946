import { parseArgs } from "node:util";
import { prepare } from "./install.ts";
import type { RuntimeReport } from "./runtimes/runtime.ts";
import { allReports, type Outcome, ownLines, remarks, tableOf } from "./table.ts";

const HELP = `npm run test:runtimes -- [--only name,name…]

Runs the same smoke cases on every runtime and storage, and prints a table.
  --only   some of node22, node24, bun, deno, workerd, chromium
`;

const { values } = parseArgs({ options: { only: { type: "string" }, help: { type: "boolean" } } });
if (values.help === true) process.stdout.write(HELP);
else process.exitCode = await main(values.only?.split(","));

/** The exit code: 0 when every case that could be run went well, and at least one could. */
async function main(only: readonly string[] | undefined): Promise<number> {
  prepare();
  // What is imported here is what was just installed.
  const { RUNTIMES } = await import("./runtimes/all.ts");
  const unknown = only?.filter((name) => !RUNTIMES.some((runtime) => runtime.name === name)) ?? [];
  if (unknown.length > 0) {
    process.stderr.write(`There is no runtime "${unknown.join('", "')}".\n\n${HELP}`);
    return 2;
  }
  const outcomes: Outcome[] = [];
  for (const { name, run } of RUNTIMES) {
    if (only !== undefined && !only.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    outcomes.push({ name, result: await run().catch(failedRuntime) });
  }
  const reports = outcomes.flatMap(allReports);
  const failed = reports.filter(({ problem }) => problem !== undefined).length;
  const skipped = reports.filter((report) => report.skipped !== undefined).length;
  const passed = reports.length - failed - skipped;
  process.stdout.write(`${tableOf(outcomes)}\n\n`);
  for (const line of outcomes.flatMap(ownLines)) process.stdout.write(`${line}\n`);
  for (const line of remarks(outcomes)) process.stdout.write(`${line}\n`);
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} not applicable\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

/** A runtime that does not come to the end of its cases has failed one. */
function failedRuntime(error: unknown): RuntimeReport {
  const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { version: "", reports: [{ name: "all cases were run", stage: "", ms: 0, problem }] };
}
