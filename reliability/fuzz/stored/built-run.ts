import { byOwner, type Cell, type Image, OWNER, type Row } from "./image.ts";
import type { Stage } from "./stages/stage.ts";

/** Rows of one run, by table. */
export type RunRows = ReadonlyMap<string, readonly Row[]>;

/** A run as it was stored at one stage, and as it was stored before. */
export interface BuiltRun {
  readonly workflowId: string;
  readonly stage: Stage;
  /** By this its rows are told from those of others. */
  readonly owner: number;
  readonly image: Image;
  /** After each commit that led to the stage. */
  readonly older: readonly RunRows[];
}

/** The image with the run's own number, as it has beside all the others. */
export function renumbered(image: Image, owner: number): Image {
  return Object.fromEntries(
    Object.entries(image).map(([table, rows]) => [table, rows.map((row) => ({ ...row, [OWNER]: owner }))]),
  );
}

/** Each run's rows. */
export function rowsByOwner(image: Image): (owner: Cell) => RunRows {
  const owned = Object.entries(image).map(([table, rows]) => [table, byOwner(rows)] as const);
  return (owner) => new Map(owned.map(([table, runs]) => [table, runs.get(owner) ?? []]));
}

/** The rows of an image of one run. */
export function rowsOf(image: Image): RunRows {
  return new Map(Object.entries(image));
}

/** One image of all these runs. */
export function joined(runs: readonly BuiltRun[]): Image {
  const image: Image = {};
  for (const run of runs) {
    for (const [table, rows] of Object.entries(run.image)) {
      const list = image[table] ?? [];
      image[table] = list;
      list.push(...rows);
    }
  }
  return image;
}
