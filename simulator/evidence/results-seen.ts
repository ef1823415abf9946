import type { Evidence } from "./evidence.ts";
import type { Outcome } from "./fact.ts";
import type { FactOf } from "./fact-of.ts";
import { holdingOfPass } from "./holdings.ts";
import type { EntryVersion, Life } from "./lives.ts";

/** A committed result that code saw: in the pass that committed it, or in a later one. */
export interface SeenResult {
  readonly life: Life;
  /** The fact with which it was committed. */
  readonly committed: number;
}

/**
 * The committed result that was seen; null when it cannot be told which, or when it never was committed: what a pass saw that
 * died before its commit may come out otherwise the next time.
 */
export function resultSeen(evidence: Evidence, seen: FactOf<"seen">): SeenResult | null {
  const holding = holdingOfPass(evidence, seen);
  if (holding === undefined || seen.n > holding.taken || seen.n > holding.life.to) return null;
  const { life } = holding;
  const versions = life.versions.get(seen.path) ?? [];
  const before = versions.findLastIndex(({ fact }) => fact < seen.n);
  if (isSettled(versions[before])) return { life, committed: settledWith(versions, before) };
  const next = versions.findIndex((version, i) => i > before && isSettled(version));
  const version = versions[next];
  if (version === undefined || version.fact > holding.taken) return null;
  return { life, committed: version.fact };
}

/** The commit with which the result came: later ones only changed what stands beside it. */
function settledWith(versions: readonly EntryVersion[], index: number): number {
  let first = index;
  while (isSettled(versions[first - 1])) first--;
  return versions[first]?.fact ?? 0;
}

function isSettled(version: EntryVersion | undefined): boolean {
  return version?.entry != null && version.entry.status !== "pending";
}

/** What was seen, as text. */
export function outcomeText(outcome: Outcome): string {
  return outcome.ok ? outcome.value : `failure ${outcome.error}`;
}
