import type { MemoryDump } from "#holdfast/drivers/memory/memory-dump.ts";
import type { MemoryRunDump } from "#holdfast/drivers/memory/memory-run.ts";
import { memoryStore } from "#holdfast/drivers/memory/memory-store.ts";
import { loadJournal } from "#holdfast/history/journal-load.ts";
import { hex } from "#holdfast/history/key.ts";
import { CorruptionError } from "#holdfast/model/errors/history-errors.ts";
import type { Prng } from "../random/prng.ts";
import type { World } from "./world.ts";

/** So many copies of each run are damaged, in one bit each. */
const COPIES = 3;

/** Reads copies of every run with one bit of their rows flipped: none may be taken for sound (I34). */
export async function readDamaged(world: World, stored: MemoryDump): Promise<void> {
  const random = world.random("damaged copies");
  const damaged = new Set(
    world.chronicle.facts.filter((fact) => fact.type === "corrupted").map(({ run }) => run),
  );
  for (const run of stored.runs) {
    const { workflowId } = run.row;
    if (damaged.has(workflowId)) continue;
    for (let copy = 0; copy < COPIES; copy++) {
      const key = await misread(random, run, world.timeline.now);
      if (key !== null) world.chronicle.record("world", { type: "misread", run: workflowId, key });
    }
  }
}

/** The key of the row that was damaged and is taken for sound; null: the damage is found. */
async function misread(random: Prng, run: MemoryRunDump, now: number): Promise<string | null> {
  const copy = structuredClone(run);
  const values = [{ key: "header", bytes: copy.header }];
  for (const { key, value } of copy.entries) values.push({ key: hex(key), bytes: value });
  const { key, bytes } = random.pick(values);
  const bit = random.int(bytes.length * 8);
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
  const store = memoryStore({ clock: { now: () => now } });
  store.restore({ nextKey: copy.row.key + 1, runs: [copy] });
  const { workflowId, epoch } = copy.row;
  try {
    await loadJournal(workflowId, store.driver({ workflowId, epoch }));
    return key;
  } catch (error) {
    return CorruptionError.is(error) ? null : key;
  } finally {
    await store.close();
  }
}
