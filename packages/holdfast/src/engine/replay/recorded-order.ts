import type { Place } from "../../history/place.ts";
import { SeldomMap } from "../../model/seldom.ts";
import { holdsArmed } from "./block.ts";
import { Owed } from "./owed.ts";
import type { Asked } from "./unasked.ts";

/**
 * The recorded results that the code has to ask for before a later one may be handed to it: what a strand of it asks for once a promise
 * of its own has settled comes no later than it did (P5). `rollingBack`: what has ended is gone through again where there are handlers
 * in it.
 */
export function resultsOwed(root: Place, asked: Asked, rollingBack: boolean): Owed {
  const entered = new SeldomMap<Place, boolean>();
  const isEntered = (ended: Place): boolean => {
    const known = entered.get(ended) ?? holdsArmed(ended);
    entered.set(ended, known);
    return known;
  };
  return new Owed(root, asked, {
    dueBy: ({ status, sequence }) => (status === "pending" ? null : sequence),
    ...(rollingBack ? { isEntered } : {}),
  });
}
