import type { Entry } from "#holdfast/history/entry.ts";
import type { Life } from "../evidence/lives.ts";
import { startsOf } from "../evidence/starts.ts";
import { checkerOf } from "./checker-of.ts";

export const noStartAfterCommit = checkerOf(
  "I4",
  "a body whose result is committed never starts again",
  function* (evidence) {
    for (const { began, life, held } of startsOf(evidence)) {
      if (began.role !== "body" || !held) continue;
      const result = committedBefore(life, began.path, began.n);
      if (result === null) continue;
      const problem = `the body at "${began.path}" started, though its result ${result.sequence} was committed`;
      yield { problem, run: began.run, fact: began.n };
    }
  },
);

/** The result that was committed at the path and that no operator took back, whether it was pruned since or not. */
function committedBefore(life: Life, path: string, n: number): Entry | null {
  let result: Entry | null = null;
  let since = 0;
  for (const { fact, entry, resets } of life.versions.get(path) ?? []) {
    if (fact >= n) break;
    since = fact;
    if (entry !== null && entry.status !== "pending") result = entry;
    else if (resets) result = null;
  }
  return result !== null && blocksAround(path).some((block) => wasTakenBack(life, block, { since, n }))
    ? null
    : result;
}

function blocksAround(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
}

function wasTakenBack(
  life: Life,
  path: string,
  between: { readonly since: number; readonly n: number },
): boolean {
  const versions = life.versions.get(path) ?? [];
  return versions.some(
    ({ fact, entry, resets }) =>
      resets && fact > between.since && fact < between.n && (entry === null || entry.status === "pending"),
  );
}
