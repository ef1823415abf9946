import type { MemoryRunDump } from "#holdfast/drivers/memory/memory-run.ts";
import { hex } from "#holdfast/history/key.ts";
import { WORLD_START, type World } from "./world.ts";

/** Damages values in the storage at random times (F12), as often as the scenario says: one bit each. */
export function damageStorage(world: World): void {
  const { scenario, timeline, storage } = world;
  const rate = scenario.rates.corruption ?? 0;
  if (rate === 0 || storage.restore === null) return;
  const random = world.random("damage");
  for (let times = 0; times < 3; times++) {
    if (!random.chance(rate)) continue;
    timeline.at(WORLD_START + random.int(scenario.quietAtMs), () => damageOne(world, random));
  }
}

function damageOne(world: World, random: { int(n: number): number }): void {
  const { storage, chronicle } = world;
  const dump = storage.dump();
  const run = dump.runs[random.int(Math.max(1, dump.runs.length))];
  if (run === undefined) return;
  const values = valuesOf(run);
  const chosen = values[random.int(values.length)];
  if (chosen === undefined || chosen.bytes.length === 0) return;
  const bit = random.int(chosen.bytes.length * 8);
  chosen.bytes[bit >> 3] = (chosen.bytes[bit >> 3] as number) ^ (1 << (bit & 7));
  storage.restore?.(dump);
  chronicle.record("world", { type: "corrupted", run: run.row.workflowId, key: chosen.key });
}

/** Everything of a run that a checksum covers. */
function valuesOf(run: MemoryRunDump): { readonly key: string; readonly bytes: Uint8Array }[] {
  return [
    { key: "header", bytes: run.header },
    ...run.entries.map(({ key, value }) => ({ key: hex(key), bytes: value })),
    ...run.messages.map(({ id, body }) => ({ key: `message ${id}`, bytes: body })),
    ...run.responses.map(([id, response]) => ({ key: `response ${id}`, bytes: response })),
  ];
}
