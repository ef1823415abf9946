import { styleText } from "node:util";
import type { RuntimeReport } from "./runtimes/runtime.ts";
import type { CaseReport } from "./smoke/run-case.ts";

/** A runtime that was asked for, and what came of it: a string says why it was not run. */
export interface Outcome {
  readonly name: string;
  readonly result: RuntimeReport | string;
}

/** One column: a kind of storage on a runtime. */
interface Column {
  readonly heading: readonly string[];
  readonly reports: ReadonlyMap<string, CaseReport>;
}

/** The table runtime × storage × case, and below it what went wrong. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const columns = outcomes.flatMap(columnsOf);
  const names = [...new Set(columns.flatMap(({ reports }) => [...reports.keys()]))];
  const label = Math.max(0, ...names.map((name) => name.length));
  const widths = columns.map(({ heading }) => Math.max(...heading.map((line) => line.length)));
  const row = (first: string, cells: readonly string[]): string =>
    `${first.padEnd(label)}  ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd();
  const headings = [0, 1, 2].map((line) =>
    row(
      "",
      columns.map(({ heading }) => heading[line] ?? ""),
    ),
  );
  const rows = names.map((name) =>
    row(
      name,
      columns.map(({ reports }) => mark(reports.get(name))),
    ),
  );
  return [...headings, ...rows].join("\n");
}

/** The cases that a runtime has for itself: a line for each storage, as there are many. */
export function ownLines({ name, result }: Outcome): string[] {
  const own = typeof result === "string" ? [] : (result.own ?? []);
  return [...new Set(own.map(({ stage }) => stage))].map((stage) => {
    const marks = own.filter((report) => report.stage === stage).map(mark);
    const counts = ["✓", "✗", "–"].map((sign) => `${sign} ${marks.filter((one) => one === sign).length}`);
    return `${name}, ${stage}: ${counts.join("  ")}`;
  });
}

export function allReports({ result }: Outcome): readonly CaseReport[] {
  return typeof result === "string" ? [] : [...result.reports, ...(result.own ?? [])];
}

/** What went wrong, and what was not run. */
export function remarks(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap((outcome) => {
    const { name, result } = outcome;
    if (typeof result === "string") return [styleText("yellow", `SKIPPED ${name}: ${result}`)];
    const failed = allReports(outcome).filter(({ problem }) => problem !== undefined);
    return failed.map((report) =>
      styleText(
        "red",
        `FAILED ${name}, ${report.stage}: ${report.name}\n  ${report.problem?.replaceAll("\n", "\n  ")}`,
      ),
    );
  });
}

function columnsOf({ name, result }: Outcome): Column[] {
  if (typeof result === "string") return [];
  const stages = [...new Set(result.reports.map(({ stage }) => stage))];
  return stages.map((stage) => {
    const reports = result.reports.filter((report) => report.stage === stage);
    return {
      heading: [name, result.version, stage],
      reports: new Map(reports.map((report) => [report.name, report])),
    };
  });
}

function mark(report: CaseReport | undefined): string {
  if (report === undefined || report.skipped !== undefined) return "–";
  return report.problem === undefined ? "✓" : "✗";
}
