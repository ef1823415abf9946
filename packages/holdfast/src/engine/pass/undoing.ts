import type { Journal } from "../../history/journal.ts";
import { KeySpace } from "../../history/key.ts";

/**
 * Owns: when it is decided which steps a rollback undoes: the armed ones of the commit that begins it, where the code was
 * replayed to its end before, else those of the commit before the first handler. From then on no deploy adds one (I28).
 */

/** The steps that are armed now are those to undo; durable with the next commit. */
export function decideUndoing(journal: Journal): void {
  journal.setSingle(KeySpace.undoing, new Uint8Array(0));
}

export function isUndoingDecided(journal: Journal): boolean {
  return journal.single(KeySpace.undoing) !== null;
}
