import { SegmentType } from "../../history/location.ts";
import type { Place } from "../../history/place.ts";

/**
 * Owns: finding recorded operations that the code did not ask for (P6).
 * Invariants: what lies inside a finished block is answered for by the block's own entry; iterations that a loop has
 * left behind are answered for by the loop; what a recovered failure may have led to is owed by nobody.
 */

/** The places that the code has asked for. */
export interface Asked {
  has(place: Place): boolean;
}

/** The first recorded place below `under` that was not asked for, if there is one. */
export function firstUnasked(under: Place, asked: Asked): Place | undefined {
  for (const child of under.children) {
    if (!asked.has(child)) {
      if (isOwed(child) && !isLeftBehind(child)) return child;
      continue;
    }
    if (isFinished(child)) continue;
    const inside = firstUnasked(child, asked);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/**
 * Of a place and those around it, up to `under`: the outermost that was not asked for, unless it is answered for by one around it.
 * `isEntered`: whether the code is run again below a place though it had come to its end there.
 */
export function unaskedOnTheWayTo(
  place: Place,
  under: Place,
  asked: Asked,
  isEntered: (ended: Place) => boolean = () => false,
): Place | undefined {
  let unasked: Place | undefined;
  for (let at: Place | null = place; at !== null && at !== under; at = at.parent) {
    if (!asked.has(at)) unasked = isLeftBehind(at) && !isEntered(at) ? undefined : at;
    else if (isFinished(at) && !isEntered(at)) unasked = undefined;
  }
  return unasked;
}

/** Whether something stands at or below the place that the code has to ask for. */
function isOwed(place: Place): boolean {
  for (const { entry } of place.entries()) if (!entry.leftover) return true;
  return false;
}

function isFinished({ entry }: Place): boolean {
  return entry !== null && entry.status !== "pending";
}

function isLeftBehind({ parent, segment }: Place): boolean {
  const loop = parent?.entry;
  return segment?.type === SegmentType.iteration && loop?.kind === "loop" && segment.value < loop.count;
}
