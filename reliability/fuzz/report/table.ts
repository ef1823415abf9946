import type { LawReport } from "../codecs/run-laws.ts";
import { OUTCOMES, type Tally } from "./tally.ts";

const NAME_WIDTH = 44;
const COUNT_WIDTH = 9;
const LAW_WIDTH = 66;

/** The tally as lines for people: by kind of mutation, and by what was damaged. */
export function formatTally(tally: Tally): string {
  const head = line("", OUTCOMES);
  return [
    head,
    ...lines(tally.byKind),
    "",
    head,
    ...lines(tally.byPlace),
    "",
    line(
      "all",
      OUTCOMES.map((outcome) => tally.total[outcome]),
    ),
    `${tally.mutations} mutations; of the runs that were held, ${tally.mended} were mended and ${tally.deleted} deleted`,
  ].join("\n");
}

function lines(counts: ReadonlyMap<string, Readonly<Record<string, number>>>): string[] {
  return Array.from(counts, ([name, row]) =>
    line(
      name,
      OUTCOMES.map((outcome) => row[outcome] || "·"),
    ),
  );
}

function line(name: string, cells: readonly (string | number)[]): string {
  return name.padEnd(NAME_WIDTH) + cells.map((cell) => String(cell).padStart(COUNT_WIDTH)).join("");
}

/** One law as a line, with what broke it. */
export function formatLaw({ name, cases, seconds, problem }: LawReport): string {
  const line = `${problem === null ? "ok " : "BUG"} ${name.padEnd(LAW_WIDTH)} ${cases} cases, ${seconds.toFixed(1)} s`;
  return problem === null ? line : `${line}\n${problem}`;
}

/** The tally for a machine. */
export function tallyData(tally: Tally): Readonly<Record<string, unknown>> {
  const { mutations, total, mended, deleted, bugs } = tally;
  const tables = { byKind: Object.fromEntries(tally.byKind), byPlace: Object.fromEntries(tally.byPlace) };
  return { mutations, total, mended, deleted, ...tables, bugs };
}
