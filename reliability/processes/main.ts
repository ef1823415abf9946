import { commandLine, wrongUsage } from "../../scripts/command-line.ts";
import type { Counts } from "./report/counts.ts";
import type { ScenarioReport } from "./report/scenario-report.ts";
import { saveSummary, summaryOf } from "./report/summary.ts";
import { formatTable } from "./report/table.ts";
import { scenarios } from "./scenarios/all.ts";
import { playScenario } from "./scenarios/play-scenario.ts";
import type { Form, Scenario } from "./scenarios/scenario.ts";

const USAGE = `npm run processes -- [--scenario ID,ID…] [--long] [--kills N] [--zombies N] [--minutes M] [--seed S] [--json FILE]
  --scenario  which; all when absent: ${scenarios.map(({ id }) => id).join(" ")}
  --long      larger rounds, and as many as are worth publishing
  --kills     so many SIGKILLs at random times, shared by the scenarios that do this; the long form
  --zombies   so many zombies at random times; the long form
  --minutes   no round begins later; shared by the scenarios
  --seed      of the first round; drawn and printed when absent
  --json      writes a summary, or adds to the one that is in the file
`;

const values = commandLine(
  {
    options: {
      scenario: { type: "string" },
      long: { type: "boolean", default: false },
      kills: { type: "string" },
      zombies: { type: "string" },
      minutes: { type: "string" },
      seed: { type: "string" },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  },
  USAGE,
);

function chosen(): readonly Scenario[] {
  const ids = values.scenario?.split(",");
  const unknown = ids?.filter((id) => !scenarios.some((scenario) => scenario.id === id)) ?? [];
  if (unknown.length > 0) wrongUsage(`There is no scenario ${unknown.join(", ")}.`, USAGE);
  return scenarios.filter(({ id }) => ids === undefined || ids.includes(id));
}

/** Whether a scenario's amount is told by an option of this name. */
function isAbout(scenario: Scenario, option: "kills" | "zombies"): boolean {
  return scenario.counted === option && Number.isFinite(scenario.amount.long);
}

function amountOf(scenario: Scenario, all: readonly Scenario[], form: Form): number {
  for (const option of ["kills", "zombies"] as const) {
    const asked = values[option];
    if (asked === undefined || !isAbout(scenario, option)) continue;
    return Math.ceil(Number(asked) / all.filter((other) => isAbout(other, option)).length);
  }
  return scenario.amount[form];
}

function tell(id: string, counts: Counts): void {
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  process.stderr.write(`${id}: ${told.map(([key, count]) => `${count} ${key}`).join(", ")}\n`);
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const all = chosen();
  const form: Form =
    values.long || values.kills !== undefined || values.zombies !== undefined ? "long" : "short";
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  const end = performance.now() + Number(values.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const reports: ScenarioReport[] = [];
  process.stderr.write(`seed ${seed}\n`);
  for (const [index, scenario] of all.entries()) {
    const withinMs = Math.max(0, (end - performance.now()) / (all.length - index));
    const amount = amountOf(scenario, all, form);
    const progress = (counts: Counts): void => tell(scenario.id, counts);
    reports.push(await playScenario(scenario, { seed, form, amount, withinMs, progress }));
  }
  process.stdout.write(`${formatTable(reports)}\n`);
  if (values.json !== undefined) saveSummary(values.json, summaryOf(reports));
  if (reports.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
}

await main();
