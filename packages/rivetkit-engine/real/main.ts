import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { effects } from "./effects.ts";
import { RivetServer } from "./rivet-server.ts";

// Actors on a real RivetKit server: what their workflows did, what they told, and what happened exactly once.

const LONG_SLEEP_MS = 15_000;

const directory = mkdtempSync(join(tmpdir(), "holdfast-rivetkit-"));
const effectsFile = join(directory, "effects.log");
const server = new RivetServer({ directory, effectsFile, longSleepMs: LONG_SLEEP_MS });

function count(what: string): number {
  return effects(effectsFile).filter((line) => line === what).length;
}

async function check(what: string, work: () => Promise<void>): Promise<void> {
  const start = Date.now();
  await work();
  process.stdout.write(`ok  ${what} (${Date.now() - start} ms)\n`);
}

try {
  await server.start();
  const { client } = server;
  const pipeline = client.actor("pipeline", "p1");
  const mailbox = client.actor("mailbox", "m1");
  const sleeper = client.actor("sleeper", "s1");

  await check("steps, retries, a loop, a join, a race, failures as data", async () => {
    const result = await client.until(() => pipeline.call("result"));
    assert.deepEqual(result, {
      rich: [7, "12", 2],
      retried: 3,
      sum: 435,
      joined: { left: "L", right: "R" },
      winner: "quick",
      kind: "exhausted",
    });
    assert.equal(count("first"), 1);
    assert.equal(count("retried"), 3);
    for (let i = 0; i < 30; i++) assert.equal(count(`add ${i}`), 1);
  });

  await check("messages are answered in order, each once", async () => {
    for (let value = 1; value <= 5; value++) {
      const answer = await mailbox.ask("requests", { value });
      assert.deepEqual(answer, { doubled: value * 2 });
    }
    await mailbox.send("notes", "hello");
    await client.until(async () => (await mailbox.call("handled")) === 6 || null);
    assert.equal(count('handle "hello"'), 1);
  });

  await check("committed steps are undone in reverse order", async () => {
    const undone = client.actor("undone", "u1");
    await undone.call("result");
    await client.until(async () => count("cancel hotel") === 1 || null);
    const booked = effects(effectsFile).filter((line) => /^(book|cancel) /.test(line));
    assert.deepEqual(booked, ["book hotel", "book flight", "cancel flight", "cancel hotel"]);
  });

  await check("a sleep outlives the server", async () => {
    await sleeper.call("result");
    await client.until(async () => count("before") === 1 || null);
    await server.restart();
    const result = (await client.until(() => sleeper.call("result"), 90_000)) as { slept: number };
    assert.ok(result.slept >= LONG_SLEEP_MS - 50, `slept ${result.slept} ms`);
    assert.equal(count("before"), 1);
    assert.equal(count("after"), 1);
  });

  await check("after the restart messages go on, and nothing was done twice", async () => {
    assert.deepEqual(await mailbox.ask("requests", { value: 21 }), { doubled: 42 });
    assert.equal(await mailbox.call("handled"), 7);
    assert.equal(count("first"), 1);
    assert.equal(count('handle {"value":1}'), 1);
    assert.equal(count("cancel hotel"), 1);
  });
} finally {
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
process.exit(0);
