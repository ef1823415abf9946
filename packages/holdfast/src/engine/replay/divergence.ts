import type { Entry } from "../../history/entry.ts";
import type { Place } from "../../history/place.ts";
import { HistoryDivergedError } from "../../model/errors/history-errors.ts";
import type { Run } from "./run.ts";

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
