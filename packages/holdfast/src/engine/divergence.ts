import type { Entry } from "../history/entry.ts";
import { SegmentType } from "../history/location.ts";
import type { Place } from "../history/place.ts";
import { HistoryDivergedError } from "../model/errors/history-errors.ts";
import type { Run } from "./run.ts";

/**
 * Owns: finding recorded operations that the code did not ask for (P6).
 * Invariants: what lies inside a finished block is answered for by the block's own entry; iterations that a loop has
 * left behind are answered for by the loop.
 */

/** The first recorded place at or below `under` that was not asked for, if there is one. */
export function firstUnasked(under: Place, asked: ReadonlySet<Place>): Place | undefined {
  for (const child of under.children) {
    if (!asked.has(child)) {
      if (child.recorded && !isLeftBehind(under, child)) return child;
      continue;
    }
    if (child.entry !== null && child.entry.status !== "pending") continue;
    const inside = firstUnasked(child, asked);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

function isLeftBehind(loop: Place, child: Place): boolean {
  const { segment } = child;
  return (
    segment?.type === SegmentType.iteration && loop.entry?.kind === "loop" && segment.value < loop.entry.count
  );
}

/** The error for a recorded place that was not asked for. */
export function divergenceAt(
  run: Pick<Run, "workflowId" | "journal">,
  place: Place,
  asked: string,
): HistoryDivergedError {
  let recorded: Entry | null = place.entry;
  if (recorded === null) for (const inside of place.entries()) recorded = recorded ?? inside.entry;
  const kind = place.entry === null ? `entries inside (a ${recorded?.kind})` : `a ${place.entry.kind}`;
  return new HistoryDivergedError(run.workflowId, {
    location: run.journal.format(place),
    recorded: kind,
    asked,
  });
}
