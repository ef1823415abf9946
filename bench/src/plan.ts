import type { Arguments } from "./arguments.ts";
import type { Subject } from "./subject.ts";
import type { Work, WorkCase } from "./work.ts";

/** One cell of the tables: a subject at a size of a work. */
export interface Cell {
  readonly work: Work;
  readonly workCase: WorkCase;
  readonly subject: Subject;
  /** Why it cannot be measured; undefined when it can. */
  readonly gap: string | undefined;
}

/** Every cell that was asked for, those that cannot be measured included: nothing is left out in silence. */
export function planCells(
  works: readonly Work[],
  subjects: readonly Subject[],
  { works: onlyWorks, peers, quick }: Pick<Arguments, "works" | "peers" | "quick">,
): Cell[] {
  const chosen = subjects.filter(
    ({ id }) =>
      peers.length === 0 ||
      id === "limits" ||
      id.startsWith("holdfast") ||
      peers.some((peer) => id.startsWith(peer)),
  );
  return works
    .filter(({ id }) => onlyWorks.length === 0 || onlyWorks.includes(id))
    .flatMap((work) =>
      (quick ? work.quickCases : work.cases).flatMap((workCase) =>
        chosen
          .filter((subject) => belongs(subject, work, workCase))
          .map((subject) => ({ work, workCase, subject, gap: gapOf(subject, work, workCase) })),
      ),
    );
}

/** The limits are a table of their own; a case may be for some subjects only. */
function belongs(subject: Subject, work: Work, { only }: WorkCase): boolean {
  if (only !== undefined) return subject.id.startsWith(only);
  return (subject.id === "limits") === (work.id === "L");
}

function gapOf(subject: Subject, work: Work, { operations = 0 }: WorkCase): string | undefined {
  const { gaps, mostOperations = Number.POSITIVE_INFINITY } = subject;
  if (gaps[work.id] !== undefined) return gaps[work.id];
  if (operations > mostOperations) {
    return `a run may have ${mostOperations.toLocaleString("en")} operations at most`;
  }
  return undefined;
}

/**
 * The order of one repetition: cell after cell of one case, so that neighbours in time are what is compared; each
 * repetition begins with another subject. Small sizes come first: if the time runs out, it is the large ones that lack.
 */
export function interleave(cells: readonly Cell[], repetition: number): Cell[] {
  const groups = Map.groupBy(cells, ({ workCase }) => workCase);
  const bySize = [...groups].sort(([a], [b]) => a.count - b.count).map(([, group]) => group);
  return bySize.flatMap((group) => {
    const first = repetition % group.length;
    return [...group.slice(first), ...group.slice(0, first)];
  });
}
