import type { Entry } from "../../history/entry.ts";
import { SegmentType } from "../../history/location.ts";
import type { Place } from "../../history/place.ts";
import { HistoryDivergedError } from "../../model/errors/history-errors.ts";
import type { Run } from "./run.ts";

/**
 * Owns: finding recorded operations that the code did not ask for (P6).
 * Invariants: what lies inside a finished block is answered for by the block's own entry; iterations that a loop has
 * left behind are answered for by the loop; what a recovered failure may have led to is owed by nobody.
 */

/** The first recorded place at or below `under` that was not asked for, though it was to be by the end of `turn`, if there is one. */
export function firstUnasked(
  under: Place,
  asked: Pick<Run["asked"], "has">,
  turn: number = Number.POSITIVE_INFINITY,
): Place | undefined {
  for (const child of under.children) {
    if (!asked.has(child)) {
      if (isOwed(child, turn) && !isLeftBehind(under, child)) return child;
      continue;
    }
    if (child.entry !== null && child.entry.status !== "pending") continue;
    const inside = firstUnasked(child, asked, turn);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** Whether something stands at or below the place that the code has to ask for by the end of the turn. */
function isOwed(place: Place, turn: number): boolean {
  for (const { entry } of place.entries()) if (!entry.leftover && entry.askedAfter <= turn) return true;
  return false;
}

function isLeftBehind(loop: Place, child: Place): boolean {
  const { segment } = child;
  return (
    segment?.type === SegmentType.iteration && loop.entry?.kind === "loop" && segment.value < loop.entry.count
  );
}

/** What of a run tells a divergence. */
type Told = Pick<Run, "workflowId" | "journal" | "asked">;

/** The error for a recorded place that was not asked for; `instead` is what the code does. */
export function divergenceAt(run: Told, place: Place, instead: string): HistoryDivergedError {
  let inside: Entry | null = null;
  for (const at of place.entries()) inside ??= at.entry;
  const recorded = place.entry === null ? `entries inside (a ${inside?.kind})` : `a ${place.entry.kind}`;
  const news = [...newlyAsked(run)].slice(0, 3).join(" and ");
  const asked = news === "" ? `${instead} and never asks for it` : `asks for ${news} instead`;
  return new HistoryDivergedError(run.workflowId, { location: run.journal.format(place), recorded, asked });
}

/** Operations that the code asked for and the history does not have. */
function* newlyAsked(run: Told): IterableIterator<string> {
  for (const [place, kind] of run.asked) {
    if (kind === "scope" || kind === "removed" || place.recorded) continue;
    yield `a ${kind} "${run.journal.format(place)}"`;
  }
}
