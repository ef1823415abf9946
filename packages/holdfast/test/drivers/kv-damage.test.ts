import { CorruptionError, defineWorkflow, kvDriver, runWorkflow } from "holdfast";
import { expect, test } from "vitest";
import { MemoryOrderedKV } from "../../src/testing/memory-ordered-kv.ts";
import { gathering } from "./gathering.ts";

const RUN_KEY = Uint8Array.of(0);

const waiting = defineWorkflow({
  name: "waiting",
  run: async (ctx) => {
    const first = await ctx.step("first", () => 1);
    return [first, (await ctx.queue.next("wait", { names: ["go"] })).body];
  },
});

/** Starts or takes up the run that is in the namespace. */
function start(kv: MemoryOrderedKV) {
  return runWorkflow("a", waiting, undefined, kvDriver(kv, { workflowId: "a" }));
}

/** The namespace of a run that waits, with one message queued if one is sent. */
async function asleep(sent?: string): Promise<MemoryOrderedKV> {
  const kv = new MemoryOrderedKV();
  const handle = start(kv);
  await handle.result;
  if (sent !== undefined) await handle.send(sent, "there");
  return kv;
}

async function change(kv: MemoryOrderedKV, key: Uint8Array, value: Uint8Array | null): Promise<void> {
  const writes = value === null ? { deletes: [key], puts: [] } : { deletes: [], puts: [{ key, value }] };
  await kv.batch({ deleteRanges: [], ...writes });
}

async function keysUnder(kv: MemoryOrderedKV, space: number): Promise<Uint8Array[]> {
  return (await kv.list(Uint8Array.of(space), { limit: 99 })).map(({ key }) => key);
}

test("every changed byte of the run's record is a typed error, and putting it back is enough", async () => {
  const kv = await asleep();
  const sound = (await kv.get(RUN_KEY)) as Uint8Array;
  for (let at = 0; at < sound.length; at += 7) {
    await change(kv, RUN_KEY, sound.with(at, (sound[at] as number) ^ 0x20));
    await expect(start(kv).result).rejects.toThrow(CorruptionError);
    await expect(start(kv).getState()).rejects.toThrow(CorruptionError);
  }
  await change(kv, RUN_KEY, sound);
  const last = start(kv);
  await last.result;
  await last.send("go", "there");
  expect(await start(kv).result).toEqual({ state: "completed", output: [1, "there"] });
});

test("rows without the run's record are no new run", async () => {
  const kv = await asleep();
  await change(kv, RUN_KEY, null);
  const handle = start(kv);
  await expect(handle.result).rejects.toMatchObject({ code: "CORRUPTION", kind: "missing", key: "00" });
  await expect(handle.send("go", "x")).rejects.toThrow(CorruptionError);
});

test.each([
  ["a message", 0x20],
  ["the place of a message", 0x21],
  ["the name of a message", 0x22],
])("a queue that lost %s holds the run", async (_, space) => {
  const kv = await asleep("go");
  const [key] = await keysUnder(kv, space);
  await change(kv, key as Uint8Array, null);
  await expect(start(kv).result).rejects.toMatchObject({ code: "CORRUPTION", workflowId: "a" });
  expect(
    await start(kv)
      .getState()
      .catch((error: unknown) => CorruptionError.is(error) && "paused"),
  ).toBe("paused");
});

test("a run that waits in memory while a message is not to be found by its name does not go on without it", async () => {
  const NAMES = 0x22;
  const kv = new MemoryOrderedKV();
  const take = () =>
    runWorkflow("a", gathering, undefined, kvDriver(kv, { workflowId: "a" }), { mode: "live" });
  const handle = take();
  handle.result.catch(() => {});
  await expect.poll(() => handle.getState()).toBe("sleeping");
  for (const n of [1, 2]) await handle.send("word", n);
  const [lost] = await keysUnder(kv, NAMES);
  await change(kv, lost as Uint8Array, null);
  await handle.send("go", null);
  await expect(handle.result).rejects.toThrow(CorruptionError);
  await change(kv, lost as Uint8Array, new Uint8Array(0));
  const next = take();
  await next.resume();
  expect(await next.result).toEqual({ state: "completed", output: [1, 2] });
});

test("a run that has ended stays as it ended, whatever happens to its rows", async () => {
  const kv = await asleep();
  await start(kv).cancel();
  const [key] = await keysUnder(kv, 0x10);
  const sound = (await kv.get(key as Uint8Array)) as Uint8Array;
  await change(kv, key as Uint8Array, sound.with(3, (sound[3] as number) ^ 1));
  await expect(start(kv).result).rejects.toThrow(CorruptionError);
  await change(kv, key as Uint8Array, sound);
  expect(await start(kv).result).toEqual({ state: "cancelled" });
});

test("records of old, without checksums, are read", async () => {
  const kv = await asleep("go");
  for (const { key, value } of await kv.list(new Uint8Array(0), { limit: 99 })) {
    if (value[0] === 0x4b) await change(kv, key, value.slice(2, -4));
  }
  expect(await start(kv).result).toEqual({ state: "completed", output: [1, "there"] });
});
