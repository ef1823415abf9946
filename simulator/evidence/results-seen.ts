import type { PauseReason } from "#holdfast/model/run.ts";
import type { Evidence } from "./evidence.ts";
import type { Outcome } from "./fact.ts";
import type { FactOf } from "./fact-of.ts";
import { type Holding, undisputedHoldingOf } from "./holdings.ts";
import { commitBefore, type EntryVersion, type Life } from "./lives.ts";

/** A committed result that code saw: in the pass that committed it, or in a later one. */
export interface SeenResult {
  readonly life: Life;
  /** The fact with which it was committed. */
  readonly committed: number;
}

/** Which commit settled an entry, and its number then. */
type Settled = Pick<NumberedResult, "committed" | "sequence">;

/** A result of an entry, and the number of the turn in which it is handed over. */
export interface NumberedResult extends SeenResult {
  readonly sequence: number;
}

/**
 * The committed result that was seen; null when it cannot be told which, or when it never was committed: what a pass saw that
 * died before its commit may come out otherwise the next time.
 */
export function resultSeen(evidence: Evidence, seen: FactOf<"seen">): NumberedResult | null {
  const holding = seenUnder(evidence, seen);
  if (holding === null) return null;
  const { life } = holding;
  const versions = life.versions.get(seen.path) ?? [];
  const before = versions.findLastIndex(({ fact }) => fact < seen.n);
  if (isSettled(versions[before])) return { life, ...settledWith(versions, before) };
  const next = versions.findIndex((version, i) => i > before && isSettled(version));
  const version = versions[next];
  if (version === undefined || version.fact > holding.taken) return null;
  return { life, committed: version.fact, sequence: version.entry?.sequence ?? 0 };
}

/**
 * What was drawn is as good as committed once its pass has committed after it: it depends on nothing but results before it. A
 * rollback goes through code to collect its handlers, and what it draws there is not looked at.
 */
export function drawSeen(evidence: Evidence, seen: FactOf<"seen">): SeenResult | null {
  const holding = seenUnder(evidence, seen);
  if (holding === null) return null;
  const { life, epoch, taken } = holding;
  const last = commitBefore(life, seen.n);
  const firm = life.commits.some(
    ({ batch, fact, header }) =>
      batch?.epoch === epoch && fact > seen.n && fact < taken && !holds(header?.pause ?? null),
  );
  const undoing = last === undefined || last.header?.rollback !== "none";
  return firm && !undoing ? { life, committed: last.generation } : null;
}

/** The claim under which something was seen, while it was good; null when it was lost already, or cannot be told. */
function seenUnder(evidence: Evidence, seen: FactOf<"seen">): Holding | null {
  const holding = undisputedHoldingOf(evidence, seen);
  return holding === null || seen.n > holding.life.to ? null : holding;
}

/** Whether a commit only tells why the run cannot go on: what the pass came to is given up. */
function holds(pause: PauseReason | null): boolean {
  return pause !== null && pause !== "operator";
}

/** The commit with which the result came: later ones only changed what stands beside it. */
function settledWith(versions: readonly EntryVersion[], index: number): Settled {
  let first = index;
  while (isSettled(versions[first - 1])) first--;
  return { committed: versions[first]?.fact ?? 0, sequence: versions[first]?.entry?.sequence ?? 0 };
}

function isSettled(version: EntryVersion | undefined): boolean {
  return version?.entry != null && version.entry.status !== "pending";
}

/** What was seen, as text. */
export function outcomeText(outcome: Outcome): string {
  return outcome.ok ? outcome.value : `failure ${outcome.error}`;
}
