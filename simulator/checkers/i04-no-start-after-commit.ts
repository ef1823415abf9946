import type { Entry } from "#holdfast/history/entry.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { FactOf } from "../evidence/fact-of.ts";
import { undisputedHoldingOf } from "../evidence/holdings.ts";
import { entryAt, type Life } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { blocksAround } from "../evidence/paths.ts";
import { programOf } from "../evidence/programs.ts";
import { startsOf } from "../evidence/starts.ts";
import { checkerOf } from "./checker-of.ts";

export const noStartAfterCommit = checkerOf(
  "I4",
  "a body whose result is committed never starts again, and none starts before what led to it is committed",
  function* (evidence) {
    for (const { began, life, held } of startsOf(evidence)) {
      if (began.role !== "body" || !held) continue;
      const result = committedBefore(life, began.path, began.n);
      if (result === null) continue;
      const problem = `the body at "${began.path}" started, though its result ${result.sequence} was committed`;
      yield { problem, run: began.run, fact: began.n };
    }
    yield* hastyStarts(evidence);
  },
);

/** Operations whose results are committed before the next effect. */
const DURABLE: ReadonlySet<string> = new Set(["step", "tryStep", "sleep", "next", "batch"]);

/** Errors of operations that were refused when they were asked for: these have no result. */
const REFUSED_ON_THE_SPOT =
  /^HoldfastError\("(RollbackCheckpoint|InvalidArgument|Limit|MessageUnanswered)Error"/;

/** Bodies that started before results that their pass had seen were committed; those of iterations may have been pruned instead. */
function* hastyStarts(evidence: Evidence) {
  const seen = new Map<string, Set<string>>();
  for (const fact of evidence.facts) {
    if (fact.type === "seen" && isDurable(fact)) {
      const identity = JSON.stringify([fact.run, fact.pass]);
      seen.set(identity, (seen.get(identity) ?? new Set()).add(fact.path));
    }
    if (fact.type !== "body-started" || fact.role !== "body") continue;
    const holding = undisputedHoldingOf(evidence, fact);
    const paths = seen.get(JSON.stringify([fact.run, fact.pass]));
    if (holding === null || paths === undefined) continue;
    for (const path of paths) {
      const committed = entryAt(holding.life, path, fact.n)?.status !== "pending";
      const known = entryAt(holding.life, path, fact.n) !== null;
      if (committed && known) paths.delete(path);
      else if (!isEphemeral(evidence, holding.life, path)) {
        const problem = `the body at "${fact.path}" started before what was seen at "${path}" was committed`;
        yield { problem, run: fact.run, fact: fact.n };
      }
    }
  }
}

function isDurable({ operation, path, outcome }: FactOf<"seen">): boolean {
  if (!outcome.ok && REFUSED_ON_THE_SPOT.test(outcome.error)) return false;
  return DURABLE.has(operation) && !/[#~[]/.test(path);
}

function isEphemeral(evidence: Evidence, life: Life, path: string): boolean {
  const program = programOf(evidence, life);
  const statements = program === undefined ? [] : outlineOf(program).at(path);
  return statements.length === 0 || statements.some((one) => one.kind === "step" && one.ephemeral);
}

/** The result that was committed at the path and that no operator took back, whether it was pruned since or not. */
function committedBefore(life: Life, path: string, n: number): Entry | null {
  let result: Entry | null = null;
  let since = 0;
  for (const { fact, entry, resets } of life.versions.get(path) ?? []) {
    if (fact >= n) break;
    if (entry !== null && entry.status !== "pending") {
      result = entry;
      since = fact;
    } else if (resets) result = null;
  }
  return blocksAround(path).some((block) => wasTakenBack(life, block, { since, n })) ? null : result;
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
