import { type Counts, sumCounts } from "./counts.ts";
import type { ScenarioReport } from "./scenario-report.ts";

const COLUMNS: readonly (readonly [heading: string, key: keyof Counts])[] = [
  ["kills", "kills"],
  ["zombies", "zombies"],
  ["drains", "drains"],
  ["hazards", "hazards"],
  ["outages", "outages"],
  ["copies", "copies"],
  ["rounds", "rounds"],
  ["runs", "runs"],
  ["effects", "effects"],
  ["commits", "commits"],
  ["fenced", "fenced"],
  ["messages", "messages"],
];
const NAME_WIDTH = 18;
const WIDTH = 9;

/** Reports as a table for people, with their sum. */
export function formatTable(reports: readonly ScenarioReport[]): string {
  const headings = [...COLUMNS.map(([heading]) => heading), "violations", "seconds"];
  const total = sumCounts(reports.map(({ counts }) => counts));
  const bad = reports.reduce((sum, { violations }) => sum + violations.length, 0);
  const seconds = reports.reduce((sum, report) => sum + report.seconds, 0);
  return [
    line("", headings),
    ...reports.map((report) =>
      line(report.id, cells(report.counts, report.violations.length, report.seconds)),
    ),
    line("all", cells(total, bad, seconds)),
    ...reports.flatMap(remarks),
  ].join("\n");
}

function cells(counts: Counts, violations: number, seconds: number): string[] {
  return [...COLUMNS.map(([, key]) => String(counts[key])), String(violations), seconds.toFixed(0)];
}

function line(name: string, texts: readonly string[]): string {
  return (
    name.padEnd(NAME_WIDTH) + texts.map((text) => text.padStart(Math.max(WIDTH, text.length + 1))).join("")
  );
}

function remarks({ id, skipped, notes, violations }: ScenarioReport): string[] {
  return [
    ...(skipped === null ? [] : [`SKIPPED ${id}: ${skipped}`]),
    ...notes.map((note) => `${id}: ${note}`),
    ...violations.map(
      ({ invariant, run, problem, seed, directory }) =>
        `VIOLATION ${invariant} in ${id}, run ${run}: ${problem}\n  again: npm run processes -- --scenario ${id} --seed ${seed} (kept: ${directory})`,
    ),
  ];
}
