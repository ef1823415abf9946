import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { joinReports, type ScenarioReport } from "./scenario-report.ts";

/** What can be published. */
export interface Summary {
  readonly command: string;
  readonly node: string;
  readonly date: string;
  readonly scenarios: readonly ScenarioReport[];
}

/** A summary of what was played now. */
export function summaryOf(scenarios: readonly ScenarioReport[]): Summary {
  return {
    command: ["npm run processes --", ...process.argv.slice(2)].join(" "),
    node: process.version,
    date: new Date().toISOString(),
    scenarios,
  };
}

/** Writes the summary; what is in the file already is added to: a long run may be made in pieces. */
export function saveSummary(file: string, summary: Summary): void {
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Summary).scenarios : [];
  const ids = new Set([...before, ...summary.scenarios].map(({ id }) => id));
  const scenarios = [...ids].map((id) =>
    [...before, ...summary.scenarios].filter((report) => report.id === id).reduce(joinReports),
  );
  writeFileSync(file, `${JSON.stringify({ ...summary, scenarios }, null, 2)}\n`);
}
