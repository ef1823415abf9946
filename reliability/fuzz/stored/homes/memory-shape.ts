import type { MemoryDump } from "#holdfast/memory.ts";
import { byOwner, type Cell, type Image, type Row, type Shape } from "../image.ts";

type RunDump = MemoryDump["runs"][number];

/** The dump of a memory store as tables: one row per run, entry, message, consumed id and answer. */
export const memoryShape: Shape = {
  identity: {
    runs: ["run"],
    entries: ["run", "key"],
    messages: ["run", "position"],
    consumed: ["run", "id"],
    responses: ["run", "id"],
  },
  framed: { runs: "header", entries: "value" },
  names: ["run", "position"],
  anyType: false,
};

export function memoryImage(dump: MemoryDump): Image {
  const image = { runs: [], entries: [], messages: [], consumed: [], responses: [] } as Record<string, Row[]>;
  for (const run of dump.runs) {
    const owner = run.row.key;
    image.runs?.push(runRow(run));
    for (const entry of run.entries) image.entries?.push({ run: owner, ...entry });
    for (const [position, message] of run.messages.entries())
      image.messages?.push({ run: owner, position, ...(message as unknown as Row) });
    for (const id of run.consumed) image.consumed?.push({ run: owner, id });
    for (const [id, response] of run.responses) image.responses?.push({ run: owner, id, response });
  }
  return image;
}

function runRow({ row, header, ...rest }: RunDump): Row {
  const { key, lease, wants, ...plain } = row;
  const { entries: _e, messages: _m, consumed: _c, responses: _r, ...beside } = rest;
  return {
    run: key,
    ...(plain as unknown as Row),
    wants: wants === null ? null : JSON.stringify(wants),
    leaseOwner: lease?.owner ?? null,
    leaseUntil: lease?.until ?? null,
    ...Object.fromEntries(Object.entries(beside).map(([name, value]) => [`${BESIDE}${name}`, value as Cell])),
    header,
  };
}

/** Marks columns of a run that stand beside its row in a dump. */
const BESIDE = "run.";

export function memoryDump(image: Image): MemoryDump {
  const owned = new Map(Object.entries(image).map(([table, rows]) => [table, byOwner(rows)]));
  const rowsOf = (table: string, run: Cell): Row[] => owned.get(table)?.get(run) ?? [];
  const runs = (image.runs ?? []).map((row) => runDump(row, (table) => rowsOf(table, row.run ?? null)));
  const nextKey = Math.max(0, ...runs.map(({ row }) => row.key)) + 1;
  return { nextKey, runs };
}

function runDump(stored: Row, owned: (table: string) => Row[]): RunDump {
  const { run: key, wants, leaseOwner, leaseUntil, header, ...rest } = stored;
  const lease = leaseOwner === null && leaseUntil === null ? null : { owner: leaseOwner, until: leaseUntil };
  const columns = Object.entries(rest);
  const beside = columns
    .filter(([name]) => name.startsWith(BESIDE))
    .map(([name, value]) => [name.slice(BESIDE.length), value]);
  return {
    ...Object.fromEntries(beside),
    row: {
      key,
      ...Object.fromEntries(columns.filter(([name]) => !name.startsWith(BESIDE))),
      wants: wantsOf(wants ?? null),
      lease,
    },
    header,
    entries: owned("entries").map(({ run: _, ...entry }) => entry),
    messages: owned("messages")
      .sort((a, b) => Number(a.position) - Number(b.position))
      .map(({ run: _, position: __, ...message }) => message),
    consumed: owned("consumed").map(({ id }) => id),
    responses: owned("responses").map(({ id, response }) => [id, response]),
  } as unknown as RunDump;
}

function wantsOf(text: Cell): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(String(text));
  } catch {
    return [String(text)];
  }
}
