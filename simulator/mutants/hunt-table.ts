import { all } from "./all.ts";
import type { Hunt, Hunts } from "./hunt-report.ts";

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

/** The tables that are published: one for the controls, one for the historic bugs. */
export function markdownOf({ date, commit, node, hunts, unchanged }: Hunts): string {
  const found = hunts.filter((hunt) => hunt.found !== null).length;
  const worlds = unchanged.reduce((sum, hunt) => sum + hunt.worlds, 0);
  const silent = unchanged.filter((hunt) => hunt.found === null).length;
  const head = [
    `Measured on ${date.slice(0, 10)} at ${commit} with Node ${node.slice(1)} by \`npm run mutants\`.`,
    `${found} of ${hunts.length} mutants were found. In the library as it is ${worlds} worlds of the same modes`,
    `showed ${silent === unchanged.length ? "nothing" : "something too"}.`,
  ];
  const tableOf = (kind: string): string => [MARKDOWN_HEAD, ...rowsOf(kind, hunts)].join("\n");
  return [
    head.join("\n"),
    `### Controls\n\n${tableOf("control")}`,
    `### Bugs of other systems, put back in\n\n${tableOf("historic")}\n`,
  ].join("\n\n");
}

function rowsOf(kind: string, hunts: readonly Hunt[]): readonly string[] {
  return all
    .filter((mutant) => mutant.kind === kind)
    .flatMap(({ id, title, file }) => {
      const hunt = hunts.find((each) => each.id === id);
      if (hunt === undefined) return [];
      const { found, worlds, milliseconds } = hunt;
      const by = found === null ? "not found" : `${found.invariant} in ${found.mode}`;
      const cells = [`\`${id}\``, escaped(title), `\`${file}\``, by, worlds, milliseconds];
      return [`| ${cells.join(" | ")} |`];
    });
}

/** A bar would end the cell. */
function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}
