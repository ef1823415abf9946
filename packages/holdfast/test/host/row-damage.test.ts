import { CorruptionError, defineWorkflow, RunPausedError } from "holdfast";
import { describe, expect, test } from "vitest";
import type { MemoryRunDump } from "../../src/drivers/memory/memory-run.ts";
import { reaches, type VirtualStore, virtualStore } from "./host-on-virtual-clock.ts";

const waiting = defineWorkflow({
  name: "waiting",
  run: async (ctx) => (await ctx.queue.next("wait", { names: ["go"] })).body,
});

type Change = (run: MemoryRunDump) => MemoryRunDump;

/** Changes what is stored of run "a" behind the library's back. */
function change({ store }: Pick<VirtualStore, "store">, by: Change): void {
  const dump = store.dump();
  store.restore({ ...dump, runs: dump.runs.map((run) => (run.row.workflowId === "a" ? by(run) : run)) });
}

/** Two runs that wait, one of which has been damaged, and a host that has seen neither. */
async function damaged(by: Change, queued: readonly string[] = []) {
  const world = virtualStore();
  const before = await world.host({ workflows: [waiting] });
  for (const workflowId of ["a", "b"]) {
    const handle = await before.start(waiting, { workflowId, input: undefined });
    await reaches(world.clock, handle, "sleeping");
    for (const name of queued) await handle.send(name, name);
  }
  await world.clock.settle(before.stop());
  const sound = world.store.dump();
  change(world, by);
  const host = await world.host({ workflows: [waiting] });
  await world.clock.advance(60_000);
  return { ...world, sound, host, handle: host.handle("a"), other: host.handle("b") };
}

async function expectHeld(handle: Awaited<ReturnType<typeof damaged>>["handle"]): Promise<void> {
  expect(await handle.getState()).toBe("paused");
  const error = await handle.getError();
  expect(RunPausedError.is(error) && error.reason).toBe("corruption");
  expect((error as RunPausedError).cause).toMatchObject({ code: "CORRUPTION", workflowId: "a" });
}

describe("a run whose row does not fit its checksum", () => {
  test.each([{ revision: Number.NaN }, { revision: 1 }, { createdAt: -1 }])(
    "(%j) is told to whoever watches it, before and meanwhile",
    async (columns) => {
      const world = await damaged((run) => run);
      const watching = world.handle.watch()[Symbol.asyncIterator]();
      expect((await watching.next()).value?.status).toBe("sleeping");
      const next = watching.next();
      change(world, (run) => ({ ...run, row: { ...run.row, ...columns } }));
      await expect(world.clock.settle(next)).rejects.toThrow(CorruptionError);
      const late = world.handle.watch()[Symbol.asyncIterator]();
      await expect(world.clock.settle(late.next())).rejects.toThrow(CorruptionError);
    },
  );

  test.each([
    ["shows no due time and no wishes", { dueAt: null, wants: null }],
    ["shows another state", { status: "completed" }],
    ["is another workflow's", { workflowName: "other" }],
    ["counts other messages", { queued: 7 }],
    ["has numbers that are none", { revision: Number.NaN, epoch: -1 }],
    ["is due all the time", { status: "running", dueAt: 0 }],
  ] as const)("that %s is shown as held, and the other run goes on", async (_, columns) => {
    const world = await damaged((run) => ({ ...run, row: { ...run.row, ...columns } }));
    await expectHeld(world.handle);
    await expect(world.handle.send("go", "x")).rejects.toThrow(CorruptionError);
    await expect(world.handle.resume()).rejects.toThrow(CorruptionError);
    await expect(world.handle.cancel()).rejects.toThrow(CorruptionError);
    await world.other.send("go", "there");
    await reaches(world.clock, world.other, "completed");
  });

  test("goes on when the row is put back", async () => {
    const world = await damaged((run) => ({ ...run, row: { ...run.row, wants: ["gone"] } }));
    await expectHeld(world.handle);
    change(world, (run) => ({ ...run, row: { ...run.row, wants: ["go"] } }));
    await world.handle.resume();
    await world.handle.send("go", "there");
    await reaches(world.clock, world.handle, "completed");
    expect(await world.handle.getOutput()).toBe("there");
  });

  test("can be deleted", async () => {
    const world = await damaged((run) => ({ ...run, row: { ...run.row, revision: 99 } }));
    expect(await world.host.delete("a")).toBe(true);
    expect(await world.handle.getState()).toBeNull();
  });
});

describe("a run whose header is damaged", () => {
  test("goes on when the header alone is put back", async () => {
    const world = await damaged((run) => ({ ...run, header: run.header.map((byte) => byte ^ 1) }));
    await world.handle.wake();
    await reaches(world.clock, world.handle, "paused");
    await expectHeld(world.handle);
    const header = world.sound.runs.find(({ row }) => row.workflowId === "a")?.header as Uint8Array;
    change(world, (run) => ({ ...run, header }));
    await world.handle.resume();
    await world.handle.send("go", "there");
    await reaches(world.clock, world.handle, "completed");
  });
});

describe("a run whose queue is damaged", () => {
  test.each<[string, (messages: MemoryRunDump) => Partial<MemoryRunDump>]>([
    [
      "a message is gone",
      ({ messages, places }) => ({ messages: messages.slice(1), places: places?.slice(1) ?? [] }),
    ],
    [
      "a message has another name",
      ({ messages }) => ({ messages: messages.map((one) => ({ ...one, name: "x" })) }),
    ],
    [
      "a message has another time",
      ({ messages }) => ({ messages: messages.map((one) => ({ ...one, createdAt: 5 })) }),
    ],
    ["messages have changed places", ({ messages }) => ({ messages: messages.toReversed() })],
  ])("is held when %s", async (_, by) => {
    const world = await damaged((run) => ({ ...run, ...by(run) }), ["later", "even later"]);
    await world.handle.wake();
    await reaches(world.clock, world.handle, "paused");
    await expectHeld(world.handle);
  });
});

test("an older row of a cancelled run, sound in itself, does not bring the run back", async () => {
  const world = await damaged((run) => run);
  await world.handle.cancel();
  const [before] = world.sound.runs;
  change(world, (run) => ({ ...run, ...(before as MemoryRunDump), entries: run.entries }));
  await world.handle.send("go", "there");
  await reaches(world.clock, world.handle, "paused");
  await expectHeld(world.handle);
});

test("a dump that has one run twice is refused, and nothing is changed", async () => {
  const world = await damaged((run) => run);
  const dump = world.store.dump();
  expect(() => world.store.restore({ ...dump, runs: [...dump.runs, ...dump.runs] })).toThrow(CorruptionError);
  expect(world.store.dump()).toEqual(dump);
});

test("a run that an older row lets sleep for a message that came long ago is found, and held", async () => {
  const world = virtualStore();
  const host = await world.host({ workflows: [waiting] });
  const handle = await host.start(waiting, { workflowId: "a", input: undefined });
  await reaches(world.clock, handle, "sleeping");
  const [asleep] = world.store.dump().runs;
  await handle.send("go", "there");
  await reaches(world.clock, handle, "completed");
  change(world, (run) => ({ ...(asleep as MemoryRunDump), entries: run.entries }));
  await world.clock.advance(120_000);
  await expectHeld(handle);
  expect(world.complaints.join()).toContain("damaged");
});
