import { DatabaseSync } from "node:sqlite";
import type { MemoryDump } from "../../src/memory.ts";
import type { StorageDamage } from "../../src/testing/conformance/storage-damage.ts";

/** Damage of a SQLite file, by another connection. */
export function fileDamage(path: string): StorageDamage {
  const run = async (sql: string): Promise<void> => {
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
  };
  return {
    forgetConsumed: () => run("DELETE FROM holdfast_consumed"),
    loseMessage: () => run("DELETE FROM holdfast_messages WHERE id = 'first'"),
    moveMessage: () => run("UPDATE holdfast_messages SET position = 1000000 WHERE id = 'first'"),
  };
}

/** Damage of a storage in memory. */
export function memoryDamage(store: { dump(): MemoryDump; restore(data: MemoryDump): void }): StorageDamage {
  type Run = MemoryDump["runs"][number];
  const change = async (changed: (run: Run) => Partial<Run>): Promise<void> => {
    const dump = store.dump();
    store.restore({ ...dump, runs: dump.runs.map((run) => ({ ...run, ...changed(run) })) });
  };
  return {
    forgetConsumed: () => change(() => ({ consumed: [], consumedSeals: [] })),
    loseMessage: () =>
      change(({ messages, places = [] }) => ({ messages: messages.slice(1), places: places.slice(1) })),
    moveMessage: () =>
      change(({ places = [] }) => ({
        places: places.map((place, index) => (index === 0 ? { ...place, position: 1_000_000 } : place)),
      })),
  };
}
