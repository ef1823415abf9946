import type { NameGiver } from "./name-giver.ts";

/** Where a block stands: what may stand in it, and what it costs. */
export interface Room {
  /** The names of its scope. */
  readonly names: NameGiver;
  /** How many blocks may be nested inside. */
  readonly depth: number;
  /** How often it runs. */
  readonly repeats: number;
  /** A checkpoint was passed on the way here. */
  armed: boolean;
}

/** A room in the same scope: what is armed in it is not armed behind it, since it may not have run. */
export function sameScope(room: Room): Room {
  return { ...room, depth: room.depth - 1 };
}

/** A room in a scope of its own. */
export function ownScope(room: Room, names: NameGiver, repeats = 1): Room {
  return { ...room, names, depth: room.depth - 1, repeats: room.repeats * repeats };
}
