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
  names: ["run"],
  unique: { runs: ["workflowId"], messages: ["run", "id"] },
  orphans: false,
  anyType: false,
  isRun: (table) => table === "runs",
};

export function memoryImage(dump: MemoryDump): Image {
  const image = { runs: [], entries: [], messages: [], consumed: [], responses: [] } as Record<string, Row[]>;
  for (const run of dump.runs) {
    const owner = run.row.key;
    image.runs?.push(runRow(run));
    for (const entry of run.entries) image.entries?.push({ run: owner, ...entry });
    for (const [index, message] of run.messages.entries()) {
      const place = run.places?.[index] ?? { position: index, seal: null };
      image.messages?.push({ run: owner, ...place, ...(message as unknown as Row) });
    }
    for (const [index, id] of run.consumed.entries()) {
      image.consumed?.push({ run: owner, id, seal: run.consumedSeals?.[index] ?? null });
    }
    for (const [id, response] of run.responses) image.responses?.push({ run: owner, id, response });
  }
  return image;
}

function runRow({ row, seal, header }: RunDump): Row {
  const { key, lease, wants, damaged: _, ...plain } = row;
  return {
    run: key,
    ...(plain as unknown as Row),
    wants: wants === null ? null : JSON.stringify(wants),
    leaseOwner: lease?.owner ?? null,
    leaseUntil: lease?.until ?? null,
    seal: seal ?? null,
    header,
  };
}

export function memoryDump(image: Image): MemoryDump {
  const owned = new Map(Object.entries(image).map(([table, rows]) => [table, byOwner(rows)]));
  const rowsOf = (table: string, run: Cell): Row[] => owned.get(table)?.get(run) ?? [];
  const runs = (image.runs ?? []).map((row) => runDump(row, (table) => rowsOf(table, row.run ?? null)));
  const nextKey = Math.max(0, ...runs.map(({ row }) => row.key)) + 1;
  return { nextKey, runs };
}

function runDump(stored: Row, owned: (table: string) => Row[]): RunDump {
  const { run: key, wants, leaseOwner, leaseUntil, seal, header, ...rest } = stored;
  const lease = leaseOwner === null && leaseUntil === null ? null : { owner: leaseOwner, until: leaseUntil };
  const queued = owned("messages").sort((a, b) => Number(a.position) - Number(b.position));
  return {
    ...(seal === null ? {} : { seal }),
    row: { ...rest, key, wants: wantsOf(wants ?? null), lease, damaged: false },
    header,
    entries: owned("entries").map(({ run: _, ...entry }) => entry),
    messages: queued.map(({ run: _, position: __, seal: ___, ...message }) => message),
    places: queued.map(({ position, seal: of }) => ({ position, seal: of })),
    consumed: owned("consumed").map(({ id }) => id),
    consumedSeals: owned("consumed").map(({ seal: of }) => of),
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
