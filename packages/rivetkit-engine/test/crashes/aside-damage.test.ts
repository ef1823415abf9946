import { describe, expect, test } from "vitest";
import { AFTERMATH_KEY, LEDGER_KEY } from "../../src/driver/own-keys.ts";
import { InMemoryDriver, runWorkflow, type WorkflowContextInterface } from "../../src/testing.ts";
import { MortalHost } from "./mortal-host.ts";

async function receives(ctx: WorkflowContextInterface): Promise<unknown[]> {
  const bodies: unknown[] = [];
  for (const name of ["first", "second", "third"]) {
    const message = await ctx.queue.next(name, { names: ["m"], completable: true });
    bodies.push(message.body);
    await ctx.step(`after ${name}`, async () => {});
    await message.complete?.("answer");
  }
  return bodies;
}

const start = (host: InMemoryDriver | MortalHost) =>
  runWorkflow("wf", receives, undefined, host, { mode: "live" }).result.then(({ output }) => output);

/** What a process that dies after one of its writes leaves. */
async function leftBy(at: number): Promise<InMemoryDriver> {
  const storage = new InMemoryDriver();
  storage.latency = 0;
  for (const id of [1, 2, 3])
    await storage.messageDriver.addMessage({ id: String(id), name: "m", data: id, sentAt: id });
  const host = new MortalHost(storage, { death: { at, how: "after" }, exclusive: false });
  await Promise.race([start(host), host.died]);
  return storage;
}

describe.each([
  ["what is still to be done for a commit", AFTERMATH_KEY],
  ["the messages that the history has and the queue too", LEDGER_KEY],
])("%s, when it is damaged", (_, key) => {
  test("holds the run until it is what it was, and nothing is received twice", async () => {
    let damaged = 0;
    for (let at = 0; at < 12; at++) {
      const storage = await leftBy(at);
      const sound = await storage.get(key);
      if (sound === null || sound.length === 0) continue;
      for (let index = 0; index < sound.length; index++) {
        const row = sound.slice();
        row[index] = (row[index] as number) ^ 1;
        await storage.set(key, row);
        await expect(start(storage)).rejects.toMatchObject({ code: "CORRUPTION" });
        damaged += 1;
      }
      await storage.set(key, sound);
      expect(await start(storage)).toEqual([1, 2, 3]);
    }
    expect(damaged).toBeGreaterThan(100);
  });
});
