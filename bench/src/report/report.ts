import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import type { Arguments } from "../arguments.ts";
import type { Cell } from "../plan.ts";
import type { Result } from "../results.ts";
import type { FigureDescription } from "../work.ts";

/** Everything that a run of the benchmark found, as it is written to results.json. */
export interface Report {
  readonly measuredAt: string;
  readonly machine: {
    readonly system: string;
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly node: string;
  };
  readonly repetitions: number;
  readonly quick: boolean;
  readonly versions: Readonly<Record<string, string>>;
  readonly works: readonly {
    readonly id: string;
    readonly title: string;
    readonly figures: readonly FigureDescription[];
  }[];
  readonly subjects: readonly {
    readonly id: string;
    readonly label: string;
    readonly durability: string;
    readonly settings: string;
  }[];
  readonly results: readonly Result[];
}

export function reportOf(
  cells: readonly Cell[],
  results: readonly Result[],
  { repetitions, quick }: Arguments,
): Report {
  const works = [...new Set(cells.map(({ work }) => work))];
  const subjects = [...new Set(cells.map(({ subject }) => subject))];
  return {
    measuredAt: new Date().toISOString(),
    machine: {
      system: `${type()} ${release()}`,
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    repetitions,
    quick,
    versions: peerVersions(),
    works: works.map(({ id, title, figures }) => ({ id, title, figures })),
    subjects: subjects.map(({ id, label, durability, settings }) => ({ id, label, durability, settings })),
    results,
  };
}

/** How often things were measured, as far as there was time: "once", "medians of 3", "medians of 1 to 3". */
export function repetitionsOf({ results }: Report): string {
  const counts = results.flatMap(({ figures }) =>
    Object.values(figures).map(({ repetitions }) => repetitions),
  );
  const [least, greatest] = [Math.min(...counts), Math.max(...counts)];
  if (greatest === 1) return "each measured once";
  return `medians of ${least === greatest ? greatest : `${least} to ${greatest}`}`;
}

/** Median of a figure; undefined when it was not measured. */
export function medianOf(
  report: Report,
  place: Omit<Result, "figures" | "gap">,
  key: string,
): number | undefined {
  return report.results.find(
    ({ work, workCase, subject }) =>
      work === place.work && workCase === place.workCase && subject === place.subject,
  )?.figures[key]?.median;
}

function peerVersions(): Record<string, string> {
  const bench = join(import.meta.dirname, "../..");
  return JSON.parse(readFileSync(join(bench, "package.json"), "utf8")).dependencies;
}
