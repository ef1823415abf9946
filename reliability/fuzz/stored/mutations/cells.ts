import { runTagOf } from "#holdfast/history/run-tag.ts";
import { crc32c } from "#holdfast/storage/crc32c.ts";
import { type Cell, type Row, sameCell } from "../image.ts";
import { byteMutations } from "./bytes.ts";
import { anySpot, type CellMutation, type Mutation, type Target } from "./mutation.ts";
import { booleanMutations, numberMutations, textMutations, typeMutations } from "./values.ts";

function ofType(cell: Cell): Readonly<Record<string, CellMutation<never>>> {
  if (cell instanceof Uint8Array) return byteMutations;
  switch (typeof cell) {
    case "string":
      return textMutations;
    case "number":
      return numberMutations;
    case "boolean":
      return booleanMutations;
    default:
      return {};
  }
}

function columnsOf({ shape }: Target, row: Row): string[] {
  return Object.keys(row).filter((column) => !shape.names.includes(column));
}

/** One value of one row is another one. */
export const changedCell: Mutation = (target) => {
  const spot = anySpot(target);
  if (spot === null) return null;
  const { prng, shape, damage } = target;
  const column = prng.pick(columnsOf(target, spot.row));
  const cell = spot.row[column] as Cell;
  const kinds = Object.entries({ ...ofType(cell), ...(shape.anyType ? typeMutations : {}) });
  if (kinds.length === 0) return null;
  const [kind, change] = prng.pick(kinds);
  const changed = change(cell as never, prng);
  if (sameCell(cell, changed)) return null;
  damage.set({ ...spot, column }, changed);
  return { kind, place: `${spot.table}.${column}` };
};

/** A value is that of another row of its table: of this run, or of another one. */
export const foreignCell: Mutation = (target) => {
  const spot = anySpot(target);
  if (spot === null) return null;
  const { prng, damage } = target;
  const from = prng.chance(0.5) ? target.rows : target.other;
  const donors = from.get(spot.table) ?? [];
  const column = prng.pick(columnsOf(target, spot.row));
  if (donors.length === 0) return null;
  const value = prng.pick(donors)[column] ?? null;
  if (sameCell(value, spot.row[column])) return null;
  damage.set({ ...spot, column }, value);
  return {
    kind: from === target.rows ? "value of another row" : "value of another run",
    place: `${spot.table}.${column}`,
  };
};

/** A value of a release to come: whole, with a checksum that fits, in a version that nobody here knows. */
export const futureVersion: Mutation = (target) => {
  const spot = anySpot(target);
  const column = spot === null ? undefined : target.shape.framed[spot.table];
  if (spot === null || column === undefined) return null;
  const value = spot.row[column];
  if (!(value instanceof Uint8Array) || value.length < 6) return null;
  const future = value.slice();
  future[1] = target.prng.between(2, 255);
  const key = column === "header" ? Uint8Array.of(0) : (spot.row.key as Uint8Array);
  const end = future.length - 4;
  const checksum = crc32c(future.subarray(0, end), crc32c(key, runTagOf(target.workflowId)));
  new DataView(future.buffer).setUint32(end, checksum, true);
  target.damage.set({ ...spot, column }, future);
  return { kind: "future version", place: `${spot.table}.${column}` };
};
