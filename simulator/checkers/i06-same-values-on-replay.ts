import type { Evidence } from "../evidence/evidence.ts";
import type { Outcome } from "../evidence/fact.ts";
import type { FactOf } from "../evidence/fact-of.ts";
import { holdingOf } from "../evidence/holdings.ts";
import type { Life } from "../evidence/lives.ts";
import { versionOfPass } from "../evidence/programs.ts";
import { checkerOf } from "./checker-of.ts";

/**
 * Counted is what was seen of committed results: by the pass that committed them, and by every later one. What a pass saw that
 * died before its commit may come out otherwise the next time.
 */
export const sameValuesOnReplay = checkerOf(
  "I6",
  "workflow code sees the same value at a location in the pass that committed it and in all replays",
  function* (evidence) {
    const known = new Map<Life, Map<string, Outcome>>();
    for (const fact of evidence.facts) {
      if (fact.type !== "seen") continue;
      const result = resultSeen(evidence, fact);
      if (result === null) continue;
      const { life, committed } = result;
      const version = versionOfPass(evidence, fact.run, fact.pass);
      const values = known.get(life) ?? new Map<string, Outcome>();
      known.set(life, values);
      const identity = JSON.stringify([fact.path, fact.operation, committed, version]);
      const before = values.get(identity);
      if (before === undefined) values.set(identity, fact.outcome);
      else if (textOf(before) !== textOf(fact.outcome)) {
        const problem = `at "${fact.path}" pass ${fact.pass} saw ${textOf(fact.outcome)}, another ${textOf(before)}`;
        yield { problem, run: fact.run, fact: fact.n };
      }
    }
  },
);

/** The commit of the result that was seen; null when it cannot be told, or never was committed. */
function resultSeen(
  evidence: Evidence,
  seen: FactOf<"seen">,
): { readonly life: Life; readonly committed: number } | null {
  const holding = holdingOf(evidence, seen);
  if (holding === undefined || seen.n > holding.taken || seen.n > holding.life.to) return null;
  const { life } = holding;
  const versions = life.versions.get(seen.path) ?? [];
  const before = versions.findLast(({ fact }) => fact < seen.n);
  if (before?.entry != null && before.entry.status !== "pending")
    return { life, committed: settledAt(before.fact) };
  const next = versions.find(
    ({ fact, entry }) => fact > seen.n && entry !== null && entry.status !== "pending",
  );
  if (next === undefined || next.fact > holding.taken) return null;
  return { life, committed: settledAt(next.fact) };

  /** The commit with which the result came, if later ones only changed what stands beside it. */
  function settledAt(fact: number): number {
    let settled = fact;
    for (let at = versions.findIndex((version) => version.fact === fact); at >= 0; at--) {
      const version = versions[at];
      if (version === undefined || version.entry === null || version.entry.status === "pending") break;
      settled = version.fact;
    }
    return settled;
  }
}

function textOf(outcome: Outcome): string {
  return outcome.ok ? outcome.value : `failure ${outcome.error}`;
}
