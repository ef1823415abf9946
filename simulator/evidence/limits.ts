import { DEFAULT_LIMITS, type Limits } from "#holdfast/model/limits.ts";
import type { Evidence } from "./evidence.ts";
import type { Outcome } from "./fact.ts";
import type { Life } from "./lives.ts";
import { memo } from "./memo.ts";

/** A refusal for a limit, in the canonical text of an error, alone or inside another one. */
const REFUSAL = /HoldfastError\("[A-Za-z]*", "LIMIT"/;

/** What the engines of a world are bounded by. */
export function limitsOf({ scenario }: Evidence): Limits {
  return { ...DEFAULT_LIMITS, ...scenario.hosts[0]?.limits };
}

/** Whether something was refused for a limit, in what code saw. */
export function tellsOfLimit(outcome: Outcome): boolean {
  return REFUSAL.test(outcome.ok ? outcome.value : outcome.error);
}

/** The facts at which code was told that something is over a limit. */
const refusals = memo(({ facts }): ReadonlyMap<string, readonly number[]> => {
  const found = new Map<string, number[]>();
  for (const fact of facts) {
    if ((fact.type !== "seen" && fact.type !== "pass-returned") || !tellsOfLimit(fact.outcome)) continue;
    const before = found.get(fact.run) ?? [];
    found.set(fact.run, before);
    before.push(fact.n);
  }
  return found;
});

/** Whether the limits of the world have refused something to this run. */
export function wasRefused(evidence: Evidence, { run, from, to }: Life): boolean {
  const { hosts } = evidence.scenario;
  if (hosts.every(({ limits }) => limits === undefined)) return false;
  return (
    refusals(evidence)
      .get(run)
      ?.some((n) => n >= from && n < to) === true
  );
}
