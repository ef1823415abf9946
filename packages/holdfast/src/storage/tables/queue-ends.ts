import { firstPosition } from "../damage.ts";
import type { RowOwner, RunTables } from "./tables.ts";

/** Gives out positions in queues to the messages of one operation, of which none is written before all have theirs. */
export class QueueEnds {
  readonly #tables: RunTables;
  readonly #front = new Map<string, number>();
  readonly #behind = new Map<string, number>();

  constructor(tables: RunTables) {
    this.#tables = tables;
  }

  /** The next position in the queue of a run; one that does not exist yet has key 0. @throws CorruptionError (`positionBeside`) */
  take(run: RowOwner, front: boolean): number {
    const taken = front ? this.#front : this.#behind;
    const position = taken.get(run.workflowId) ?? this.#first(run, front);
    taken.set(run.workflowId, front ? position - 1 : position + 1);
    return position;
  }

  #first(run: RowOwner, front: boolean): number {
    return run.key === 0 ? firstPosition(front) : this.#tables.nextPosition(run, front);
  }
}
