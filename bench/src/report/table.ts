import type { Result } from "../results.ts";
import type { Spread } from "../statistics.ts";
import { shortNumber } from "./number.ts";
import { type Report, repetitionsOf } from "./report.ts";

/** All results as text: a table for each size of each work. */
export function tables(report: Report): string {
  const { machine, quick, measuredAt } = report;
  const parts = [
    `Measured ${measuredAt} on ${machine.cores} cores (${machine.cpu}), ${machine.system}, Node ${machine.node}; ` +
      `${repetitionsOf(report)} (least–greatest)${quick ? "; QUICK: sizes for trying, no figures to quote" : ""}.`,
  ];
  for (const work of report.works) {
    const results = report.results.filter((result) => result.work === work.id);
    for (const [workCase, rows] of Map.groupBy(results, (result) => result.workCase)) {
      parts.push(`\n${work.id}  ${work.title}${workCase === "" ? "" : `: ${workCase}`}`);
      parts.push(table(report, work.figures, rows));
    }
  }
  parts.push("\nDurability: what an acknowledged commit survives");
  parts.push(
    align(report.subjects.map(({ label, durability, settings }) => [`  ${label}`, durability, settings])),
  );
  return parts.join("\n");
}

function table(report: Report, figures: Report["works"][number]["figures"], rows: readonly Result[]): string {
  const shown = figures.filter(({ key }) => rows.some((row) => row.figures[key] !== undefined));
  const head = ["", ...shown.map(({ label, better }) => `${label} ${better === "more" ? "↑" : "↓"}`)];
  const body = rows.map((row) => {
    const label = report.subjects.find(({ id }) => id === row.subject)?.label ?? row.subject;
    if (row.gap !== undefined) return [`  ${label}`, `— ${row.gap}`];
    return [`  ${label}`, ...shown.map(({ key }) => spreadText(row.figures[key]))];
  });
  return align([head, ...body]);
}

function spreadText(spread: Spread | undefined): string {
  if (spread === undefined) return "";
  const { median, least, greatest, repetitions } = spread;
  if (repetitions === 1) return shortNumber(median);
  return `${shortNumber(median)} (${shortNumber(least)}–${shortNumber(greatest)})`;
}

/** Columns under each other; the last cell of a row takes no part, since a reason may be long. */
function align(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      if (column < row.length - 1 || column === 0)
        widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
