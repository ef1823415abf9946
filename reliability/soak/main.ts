import { commandLine, wrongUsage } from "../../scripts/command-line.ts";
import type { ScenarioReport } from "./report/scenario-report.ts";
import { formatReport } from "./report/table.ts";
import { runApart, runHere } from "./run-apart.ts";
import { scenarios } from "./scenarios/all.ts";
import type { Form, Scenario } from "./scenarios/scenario.ts";

const USAGE = `npm run soak -- [--long] [--only ID,ID…] [--json]
  --long   the full numbers, and times are asserted as well
  --only   scenarios whose ids begin with one of these: ${scenarios.map(({ id }) => id).join(" ")}
  --json   one array of reports instead of the table
`;

const values = commandLine(
  {
    options: {
      long: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      only: { type: "string" },
      /** How this program starts itself for one scenario. */
      inside: { type: "string" },
      help: { type: "boolean", default: false },
    },
  },
  USAGE,
);

function chosen(only: string | undefined): readonly Scenario[] {
  if (only === undefined) return scenarios;
  const found = scenarios.filter(({ id }) => only.split(",").some((start) => id.startsWith(start)));
  if (found.length === 0) wrongUsage(`No scenario begins with "${only}".`, USAGE);
  return found;
}

async function soak(form: Form): Promise<void> {
  const reports: ScenarioReport[] = [];
  for (const scenario of chosen(values.only)) {
    const report = await runApart(scenario, form);
    reports.push(report);
    if (!values.json) process.stdout.write(`${formatReport(report)}\n\n`);
  }
  const checks = reports.flatMap((report) => report.checks);
  const bad = checks.filter(({ ok }) => !ok).length;
  if (values.json) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  else process.stdout.write(`${checks.length} checks, ${bad} failed\n`);
  if (bad > 0) process.exitCode = 1;
}

async function main(): Promise<void> {
  const form: Form = values.long ? "long" : "short";
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (values.inside === undefined) {
    await soak(form);
    return;
  }
  const scenario = scenarios.find(({ id }) => id === values.inside);
  if (scenario === undefined) throw new Error(`There is no scenario "${values.inside}".`);
  process.stdout.write(JSON.stringify(await runHere(scenario, form)));
}

await main();
