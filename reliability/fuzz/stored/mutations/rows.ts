import { type Cell, identityOf, OWNER, type Row, sameCell, sameRow } from "../image.ts";
import { anySpot, type Mutation, type Spot, type Target } from "./mutation.ts";

const whole = (kind: string, { table }: Spot) => ({ kind, place: `${table}.*` });

export const droppedRow: Mutation = (target) => {
  const spot = anySpot(target);
  if (spot === null) return null;
  target.damage.remove(spot.table, spot.row);
  return whole("row dropped", spot);
};

/** The row is there twice: the second time under another name. */
export const duplicatedRow: Mutation = (target) => {
  const spot = anySpot(target);
  if (spot === null) return null;
  const copy = { ...spot.row };
  const columns = target.shape.identity[spot.table] ?? [];
  const renamed = columns.filter((column) => column !== OWNER);
  const column = target.prng.pick(renamed.length === 0 ? columns : renamed);
  copy[column] = anotherName(copy[column] ?? null, target);
  target.damage.insert(spot.table, copy);
  return whole("row duplicated", spot);
};

function anotherName(name: Cell, { prng }: Target): Cell {
  if (name instanceof Uint8Array) return Uint8Array.of(...name, prng.int(256));
  if (typeof name === "number") return name + prng.pick([1_000_003, -1_000_003]);
  return `${String(name)}x`;
}

/** Two rows have each other's value in one column. */
function swapped(target: Target, kind: string, partners: ReadonlyMap<string, readonly Row[]>) {
  const spot = anySpot(target);
  if (spot === null) return null;
  const { prng, damage, shape } = target;
  const others = (partners.get(spot.table) ?? []).filter((row) => row !== spot.row);
  if (others.length === 0) return null;
  const partner = prng.pick(others);
  const named = shape.identity[spot.table] ?? [];
  const differing = Object.keys(spot.row).filter(
    (column) => !named.includes(column) && !sameCell(spot.row[column], partner[column]),
  );
  if (differing.length === 0) return null;
  const column = prng.pick(differing);
  const mine = spot.row[column] ?? null;
  damage.set({ ...spot, column }, partner[column] ?? null);
  damage.set({ table: spot.table, row: partner, column }, mine);
  return { kind, place: `${spot.table}.${column}` };
}

export const swappedWithin: Mutation = (target) => swapped(target, "swapped within a run", target.rows);

export const swappedBetween: Mutation = (target) => swapped(target, "swapped between runs", target.other);

/** The row is as it was some commits ago. */
export const staleRow: Mutation = (target) => {
  const spot = anySpot(target);
  if (spot === null || target.older.length === 0) return null;
  const { prng, shape, damage } = target;
  const known = identityOf(shape, spot.table, spot.row);
  const before = prng
    .pick(target.older)
    .get(spot.table)
    ?.find((row) => sameRow(known, row));
  if (before === undefined || sameRow(before, spot.row)) return null;
  damage.replace(spot.table, spot.row, before);
  return whole("stale row", spot);
};

/** A row that was deleted is there again. */
export const revivedRow: Mutation = (target) => {
  const { prng, shape, damage, older, rows } = target;
  if (older.length === 0) return null;
  const then = prng.pick(older);
  const tables = [...then.keys()].filter((table) => (then.get(table) ?? []).length > 0);
  if (tables.length === 0) return null;
  const table = prng.pick(tables);
  const gone = (then.get(table) ?? []).filter((row) => {
    const known = identityOf(shape, table, row);
    return !(rows.get(table) ?? []).some((now) => sameRow(known, now));
  });
  if (gone.length === 0) return null;
  const row = { ...prng.pick(gone) };
  damage.insert(table, row);
  return whole("deleted row is back", { table, row });
};

/** The row is another run's. */
export const movedRow: Mutation = (target) => {
  const spot = anySpot(target);
  if (spot === null) return null;
  const heir = target.other.get(spot.table)?.[0] ?? target.other.get("runs")?.[0];
  const owner = heir?.[OWNER];
  if (owner === undefined || !target.shape.identity[spot.table]?.includes(OWNER) || spot.table === "runs")
    return null;
  const moved = { ...spot.row, [OWNER]: owner };
  target.damage.remove(spot.table, spot.row);
  target.damage.insert(spot.table, moved);
  return whole("row moved to another run", spot);
};
