import type { Problem } from "../modes/mode.ts";
import type { ModeReport } from "./mode-report.ts";

const HEAD = ["mode", "cases", "worlds", "events", "faults", "operation × fault", "violations", "seconds"];

/** The summary that can be published. */
export function formatTable(reports: readonly ModeReport[]): string {
  const rows = [HEAD, ...reports.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join("  "))
    .join("\n");
}

function rowOf(report: ModeReport): string[] {
  const faults = Object.values(report.faults).reduce((sum, times) => sum + times, 0);
  const pairs = Object.keys(report.coverage).length;
  const numbers = [report.cases, report.worlds, report.events, faults, pairs, report.problems.length];
  return [report.mode, ...numbers.map((number) => number.toLocaleString("en")), report.seconds.toFixed(1)];
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** A problem, and how to see it again. */
export function formatProblem(mode: string, problem: Problem): string {
  const where = problem.run === null ? "" : ` run ${JSON.stringify(problem.run)}:`;
  return `${problem.invariant}:${where} ${problem.problem}\n  npm run simulate -- --mode ${mode} --seed ${problem.replay}`;
}
