import type { Evidence } from "../evidence/evidence.ts";
import type { FactOf } from "../evidence/fact-of.ts";
import { lifeAt } from "../evidence/lives.ts";
import { outlineOf } from "../evidence/outline.ts";
import { programOf } from "../evidence/programs.ts";
import { outcomeText } from "../evidence/results-seen.ts";
import { checkerOf } from "./checker-of.ts";

const BLOCK_KINDS: readonly string[] = ["step", "join", "race"];
const STEP_KINDS: readonly string[] = ["critical", "timeout", "exhausted"];
/** Codes of what the engine means for itself, where the canonical text of an error has them. */
const SIGNALS =
  /HoldfastError\("[A-Za-z]*", "(STORAGE|FENCED|STORE_CLOSED|RUN_EVICTED|RUN_PAUSED|RUN_CANCELLED|BRANCH_ABANDONED|HISTORY_DIVERGED|CORRUPTION|CRASH_LOOP)"/;

export const onlyDeclaredFailures = checkerOf(
  "I26",
  "try gives only the failures that it declares; the engine's own signals are never seen by code",
  function* (evidence) {
    for (const fact of evidence.facts) {
      if (fact.type !== "seen") continue;
      const at = { run: fact.run, fact: fact.n };
      const text = outcomeText(fact.outcome);
      const signal = SIGNALS.exec(text)?.[1];
      if (signal !== undefined) yield { problem: `the code saw ${signal} at "${fact.path}"`, ...at };
      const kind = /^\{"failure": \{.*"kind": "([a-z]+)"\}, "ok": false\}$/s.exec(text)?.[1];
      if (kind === undefined) continue;
      const declared = declaredAt(evidence, fact);
      if (declared !== null && !declared.has(kind))
        yield { problem: `"${fact.path}" gave a failure of kind ${kind}, which it does not catch`, ...at };
    }
  },
);

/** Kinds that the operation catches; null when it catches none or is unknown. */
function declaredAt(evidence: Evidence, seen: FactOf<"seen">): ReadonlySet<string> | null {
  if (seen.operation === "tryStep") return new Set(STEP_KINDS);
  if (seen.operation !== "try") return null;
  const life = lifeAt(evidence, seen.run, seen.n);
  const program = life === undefined ? undefined : programOf(evidence, life);
  if (program === undefined) return null;
  const kinds = outlineOf(program)
    .at(seen.path)
    .flatMap((statement) => (statement.kind === "try" ? (statement.catch ?? BLOCK_KINDS) : []));
  return new Set(kinds);
}
