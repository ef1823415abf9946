import { isTerminal } from "#holdfast/model/run.ts";
import { type Commit, livesOf } from "../evidence/lives.ts";
import { checkerOf } from "./checker-of.ts";

/** Blocks that leave code behind, and with it results that have a number and are never stored. */
const LEAVING: ReadonlySet<string> = new Set(["race", "loop", "map"]);

export const gaplessOrder = checkerOf(
  "I2",
  "the results of a run are numbered in the order of their commits, each once, without gaps",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      for (const commit of life.commits) {
        const { header, previous, fact } = commit;
        if (header === null || previous === null) continue;
        const at = { run: life.run, fact };
        const from = previous.sequence;
        if (header.sequence < from)
          yield { problem: `the run's last number went back from ${from} to ${header.sequence}`, ...at };
        const numbers = newNumbers(commit);
        for (const [index, { path, sequence }] of numbers.entries()) {
          if (sequence <= from || sequence > header.sequence) {
            const range = `after ${from} and up to ${header.sequence}`;
            yield { problem: `the result at "${path}" has number ${sequence}, not one ${range}`, ...at };
          }
          if (numbers[index - 1]?.sequence === sequence)
            yield { problem: `number ${sequence} was given twice, at "${path}" too`, ...at };
        }
        const missing = header.sequence - from - numbers.length;
        if (missing > 0 && !mayLeaveGaps(commit))
          yield { problem: `${missing} of the numbers ${from + 1} to ${header.sequence} are missing`, ...at };
      }
    }
  },
);

function newNumbers(commit: Commit): readonly { readonly path: string; readonly sequence: number }[] {
  const numbers = [];
  for (const { path, before, after } of commit.entries) {
    if (after === null || after.status === "pending") continue;
    if (before === null || before.status === "pending") numbers.push({ path, sequence: after.sequence });
  }
  return numbers.sort((a, b) => a.sequence - b.sequence);
}

function mayLeaveGaps({ record, entries, batch }: Commit): boolean {
  if (isTerminal(record.status) || record.status === "rolling_back") return true;
  if ((batch?.deleteRanges.length ?? 0) > 0) return true;
  return entries.some(({ before, after }) => LEAVING.has((after ?? before)?.kind ?? ""));
}
