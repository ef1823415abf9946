import { all } from "./all.ts";
import type { Hunt } from "./hunt-report.ts";

const HEAD = ["mutant", "kind", "mode", "invariant", "cases", "worlds", "milliseconds"];

/** The table of a run, for people at a terminal. */
export function formatHunts(hunts: readonly Hunt[]): string {
  const rows = [HEAD, ...hunts.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => padded(cell, widths[column] ?? 0, column)).join("  "))
    .join("\n");
}

function rowOf({ id, found, cases, worlds, milliseconds, broken }: Hunt): string[] {
  const kind = all.find((mutant) => mutant.id === id)?.kind ?? "";
  const spoke = found?.invariant ?? (broken[0] === undefined ? "NOTHING" : "BROKEN");
  return [id, kind, found?.mode ?? "", spoke, ...[cases, worlds, milliseconds].map(String)];
}

function padded(cell: string, width: number, column: number): string {
  return column < 4 ? cell.padEnd(width) : cell.padStart(width);
}

const MARKDOWN_HEAD =
  "| mutant | what goes wrong | changed file | found by | worlds | ms |\n|---|---|---|---|---:|---:|";

/** The table that is published: one for the controls, one for the historic bugs. */
export function markdownOf(hunts: readonly Hunt[]): string {
  const tableOf = (kind: string): string => {
    const rows = all
      .filter((mutant) => mutant.kind === kind)
      .flatMap(({ id, title, file }) => {
        const hunt = hunts.find((each) => each.id === id);
        if (hunt === undefined) return [];
        const { found, worlds, milliseconds } = hunt;
        const by = found === null ? "not found" : `${found.invariant} in ${found.mode}`;
        return [`| \`${id}\` | ${title} | \`${file}\` | ${by} | ${worlds} | ${milliseconds} |`];
      });
    return [MARKDOWN_HEAD, ...rows].join("\n");
  };
  return `### Controls\n\n${tableOf("control")}\n\n### Bugs of other systems, put back in\n\n${tableOf("historic")}\n`;
}
