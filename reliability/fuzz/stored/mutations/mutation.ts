import type { Prng } from "../../../../simulator/random/prng.ts";
import type { Damage, Mutated } from "../damage.ts";
import type { Cell, Image, Row, Shape } from "../image.ts";

/** What a mutation is done to. */
export interface Target {
  readonly shape: Shape;
  readonly image: Image;
  readonly workflowId: string;
  /** The run's rows, by table. */
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  /** The same run's rows at earlier times. */
  readonly older: readonly ReadonlyMap<string, readonly Row[]>[];
  /** The rows of another run, which may be damaged too. */
  readonly other: ReadonlyMap<string, readonly Row[]>;
  readonly damage: Damage;
  readonly prng: Prng;
}

/** A row of a table. */
export interface Spot {
  readonly table: string;
  readonly row: Row;
}

/** Damages the target; null when there is nothing that this kind could be done to. */
export type Mutation = (target: Target) => Mutated | null;

/** A way to change one value of a type; null when this one cannot be changed so. */
export type CellMutation<Value extends Cell> = (value: Value, prng: Prng) => Cell;

/** Rows of all tables, the run's own as likely as those of its biggest table. */
export function anySpot({ rows, prng }: Target): Spot | null {
  const tables = [...rows].filter(([, list]) => list.length > 0);
  if (tables.length === 0) return null;
  const [table, list] = prng.pick(tables);
  return { table, row: prng.pick(list) };
}
