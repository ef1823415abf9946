import type { Check } from "./check.ts";
import type { ScenarioReport } from "./scenario-report.ts";

const NAME_WIDTH = 58;
const VALUE_WIDTH = 14;

const SIGNS: Readonly<Record<Check["relation"], string>> = { "at most": "≤", "at least": "≥", exactly: "=" };

/** A scenario's report as lines for people. */
export function formatReport(report: ScenarioReport): string {
  const lines = [`${report.id}  ${report.title}  (${report.seconds.toFixed(1)} s)`];
  for (const { name, value, unit } of report.figures)
    lines.push(line("   ", name, `${round(value)} ${unit}`));
  for (const check of report.checks) {
    const { name, measured, relation, bound, unit } = check;
    const verdict = `${round(measured)} ${unit}  (${SIGNS[relation]} ${round(bound)})`;
    lines.push(line(check.ok ? "ok " : "BAD", name, verdict));
  }
  return lines.join("\n");
}

function line(mark: string, name: string, value: string): string {
  return `  ${mark} ${name.padEnd(NAME_WIDTH)} ${value.padStart(VALUE_WIDTH)}`;
}

/** Three digits behind the point at most, and none where they would say nothing. */
function round(value: number): string {
  return String(Math.abs(value) >= 1_000 ? Math.round(value) : Math.round(value * 1_000) / 1_000);
}
