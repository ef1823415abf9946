import { CorruptionError, InvalidArgumentError } from "holdfast";
import { type MemoryDump, memoryStore } from "holdfast/memory";
import { expect, test } from "vitest";
import { message, newRun } from "../../src/testing/conformance/samples.ts";

/** A store with a run, from which another one was deleted, as it is after its dump was changed. */
async function restoredWith(change: (dump: MemoryDump) => MemoryDump) {
  const store = memoryStore();
  await store.create(newRun("gone"), { owner: "o", leaseMs: 1 });
  await store.delete("gone");
  await store.create(newRun("there"));
  await store.enqueue("there", message("1"));
  const changed = memoryStore();
  changed.restore(change(store.dump()));
  return { changed, sound: store.dump() };
}

test.each([
  ["another one", (dump: MemoryDump) => ({ ...dump, retiredEpoch: 0 })],
  ["beyond all numbers", (dump: MemoryDump) => ({ ...dump, retiredEpoch: 2 ** 53 })],
  [
    "beyond all numbers, and has no checksum",
    ({ retiredSeal: _, ...dump }: MemoryDump) => ({ ...dump, retiredEpoch: 2 ** 53 }),
  ],
])(
  "a dump whose highest epoch of deleted runs is %s takes no run and deletes none, until it is put back",
  async (_, change) => {
    const { changed, sound } = await restoredWith(change);
    await expect(changed.create(newRun("new"))).rejects.toThrow(CorruptionError);
    await expect(changed.delete("there")).rejects.toThrow(CorruptionError);
    expect(
      (await changed.claim({ owner: "o", leaseMs: 1, limit: 9, workflowNames: null })).claims,
    ).toHaveLength(1);
    changed.restore(sound);
    expect((await changed.create(newRun("new"))).created).toBe(true);
    expect(await changed.delete("there")).toBe(true);
  },
);

test.each([2 ** 53, 1e300, Number.POSITIVE_INFINITY, Number.NaN, 0.5, -7])(
  "a message that stands at %s in the queue of a dump keeps others out by type",
  async (position) => {
    const { changed } = await restoredWith((dump) => ({
      ...dump,
      runs: dump.runs.map((run) => ({
        ...run,
        places: (run.places ?? []).map((place) => ({ ...place, position })),
      })),
    }));
    await expect(changed.enqueue("there", message("2"))).rejects.toThrow(CorruptionError);
    const image = await changed.driver({ workflowId: "there", epoch: 0 }).load();
    expect(image?.damage).toBeInstanceOf(CorruptionError);
  },
);

test("dumps of before there were these checksums are taken as they are", async () => {
  const { changed } = await restoredWith(({ retiredSeal: _, ...dump }) => ({
    ...dump,
    runs: dump.runs.map(({ seal: __, consumedSeals: ___, ...run }) => ({
      ...run,
      row: { ...run.row, queueSeal: 0 },
      places: [],
    })),
  }));
  expect((await changed.create(newRun("new"))).created).toBe(true);
  await changed.enqueue("there", message("2"));
  const old = await changed.driver({ workflowId: "there", epoch: 0 }).load();
  expect(old?.damage).toBeUndefined();
});

test.each<[string, (dump: MemoryDump) => unknown]>([
  ["nothing", () => null],
  ["no runs", ({ runs: _, ...dump }) => dump],
  ["JSON, which has no bytes", (dump) => JSON.parse(JSON.stringify(dump))],
  ["a run without a row", (dump) => ({ ...dump, runs: dump.runs.map(({ row: _, ...run }) => run) })],
  ["a run without a queue", (dump) => ({ ...dump, runs: dump.runs.map(({ messages: _, ...run }) => run) })],
])("%s is no dump, and leaves a store as it was", async (_, change) => {
  const { changed, sound } = await restoredWith((dump) => dump);
  expect(() => changed.restore(change(sound) as MemoryDump)).toThrow(InvalidArgumentError);
  expect((await changed.get("there"))?.workflowId).toBe("there");
});

test("a dump in which two runs have one id, or one key, leaves a store as it was", async () => {
  const { changed, sound } = await restoredWith((dump) => dump);
  for (const row of [{ workflowId: "other" }, { key: 99 }]) {
    const runs = sound.runs.flatMap((run) => [run, { ...run, row: { ...run.row, ...row } }]);
    expect(() => changed.restore({ ...sound, runs })).toThrow(CorruptionError);
  }
  expect((await changed.get("there"))?.workflowId).toBe("there");
});

test("a dump whose next key is taken gives no run the place of another", async () => {
  const { changed } = await restoredWith((dump) => ({ ...dump, nextKey: 1 }));
  await changed.create(newRun("new"));
  await changed.create(newRun("newer"));
  const { runs } = await changed.list({ limit: 9 });
  expect(runs.map(({ workflowId }) => workflowId)).toEqual(["newer", "new", "there"]);
});
