import { DatabaseSync } from "node:sqlite";
import { CorruptionError, createClient, createHost, defineWorkflow, type Host } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";
import { expect, onTestFinished, test } from "vitest";
import { gathering } from "./gathering.ts";

const talking = defineWorkflow({
  name: "talking",
  run: async (ctx) => {
    const heard: unknown[] = [];
    for (let n = 0; n < 3; n++) heard.push((await ctx.queue.next(`word ${n}`, { names: ["word"] })).body);
    return heard;
  },
});

/** A database with two runs that have each consumed a message with an id that its sender chose. */
async function talked() {
  const database = new DatabaseSync(":memory:");
  const host = await hostOn(database);
  for (const workflowId of ["a", "b"]) {
    const handle = await host.start(talking, { workflowId, input: undefined });
    await handle.send("word", `first of ${workflowId}`, { messageId: `m-${workflowId}` });
    await expect.poll(async () => rowsOf(database, "consumed").length).toBe(workflowId === "a" ? 1 : 2);
  }
  await host.stop();
  return database;
}

async function hostOn(database: DatabaseSync): Promise<Host> {
  const host = await createHost({ store: sqliteStore({ database }), workflows: [talking], pollMs: 20 });
  onTestFinished(() => host.stop({ timeoutMs: 0 }));
  return host;
}

function rowsOf(database: DatabaseSync, table: string): unknown[] {
  return database.prepare(`SELECT * FROM holdfast_${table}`).all();
}

/** The run ends with what it heard. */
async function goesOn(host: Host, workflowId: string): Promise<void> {
  const handle = host.handle(workflowId);
  await handle.send("word", 2);
  await handle.send("word", 3);
  expect(await handle.result({ timeout: "20s" })).toEqual([`first of ${workflowId}`, 2, 3]);
}

const OF_A = "run = (SELECT run FROM holdfast_runs WHERE workflow_id = 'a')";

test.each([
  ["is gone", `DELETE FROM holdfast_consumed WHERE ${OF_A}`],
  ["is another one", `UPDATE holdfast_consumed SET id = 'm-x' WHERE ${OF_A}`],
  ["is a number", `UPDATE holdfast_consumed SET id = 7 WHERE ${OF_A}`],
  ["is bytes", `UPDATE holdfast_consumed SET id = x'6d2d61' WHERE ${OF_A}`],
  ["is a run's that never was", `UPDATE holdfast_consumed SET run = 99 WHERE ${OF_A}`],
  ["has another checksum", `UPDATE holdfast_consumed SET seal = seal + 1 WHERE ${OF_A}`],
  ["has no checksum", `UPDATE holdfast_consumed SET seal = NULL WHERE ${OF_A}`],
  ["has a checksum that is no number", `UPDATE holdfast_consumed SET seal = 'x' WHERE ${OF_A}`],
])("a message whose remembered id %s is not received again, and its run is held", async (_, sql) => {
  const database = await talked();
  const kept = rowsOf(database, "consumed") as { run: number; id: string; seal: number }[];
  database.exec(sql);
  const host = await hostOn(database);
  const a = host.handle("a");
  await a
    .send("word", "again", { messageId: "m-a" })
    .catch((error) => expect(error).toBeInstanceOf(CorruptionError));
  await a.wake();
  await expect.poll(() => a.getState(), { timeout: 20_000 }).toBe("paused");
  const reason = (await a.getError()) as Error;
  expect(reason.cause).toBeInstanceOf(CorruptionError);
  await goesOn(host, "b");

  database.exec("DELETE FROM holdfast_consumed");
  for (const { run, id, seal } of kept)
    database.prepare("INSERT INTO holdfast_consumed (run, id, seal) VALUES (?, ?, ?)").run(run, id, seal);
  await a.resume();
  expect(["sleeping", "pending", "running"]).toContain(await a.getState());
});

test("an id that was moved from another run refuses a message by type, and takes none for consumed", async () => {
  const database = await talked();
  database.exec(
    `INSERT INTO holdfast_consumed SELECT (SELECT run FROM holdfast_runs WHERE workflow_id = 'b'), id, seal FROM holdfast_consumed WHERE ${OF_A}`,
  );
  const host = await hostOn(database);
  await expect(host.handle("b").send("word", 2, { messageId: "m-a" })).rejects.toThrow(CorruptionError);
  await goesOn(host, "a");
});

test.each([
  ["the largest number", "9007199254740991"],
  ["larger than any number", "1e300"],
  ["infinite", "9e999"],
  ["a fraction", "0.5"],
  ["text", "'abc'"],
  ["text that begins like the number", "'0 and more'"],
  ["bytes of the number's text", "x'30'"],
  ["negative", "-5"],
])(
  "a queue whose last position is %s takes no message, holds its run, and goes on when it is put back",
  async (_, value) => {
    const database = await talked();
    const sender = createClient({ store: sqliteStore({ database }) }).handle("a");
    await sender.send("word", 2);
    database.exec(`UPDATE holdfast_messages SET position = ${value}`);
    await expect(sender.send("word", 3)).rejects.toThrow(CorruptionError);
    const host = await hostOn(database);
    await expect.poll(() => host.handle("a").getState(), { timeout: 20_000 }).toBe("paused");
    await goesOn(host, "b");
    database.exec("UPDATE holdfast_messages SET position = 0");
    await host.handle("a").resume();
    await host.handle("a").send("word", 3);
    expect(await host.handle("a").result({ timeout: "20s" })).toEqual(["first of a", 2, 3]);
  },
);

test.each([
  ["the largest number", "UPDATE holdfast_retired SET epoch = 9007199254740991"],
  ["larger than any number", "UPDATE holdfast_retired SET epoch = 1e300"],
  ["lower than it was", "UPDATE holdfast_retired SET epoch = 0"],
  ["text", "UPDATE holdfast_retired SET epoch = 'x'"],
  [
    "the largest number without a checksum",
    "UPDATE holdfast_retired SET epoch = 9007199254740991, seal = NULL",
  ],
  ["gone", "DELETE FROM holdfast_retired"],
])(
  "when the highest epoch of deleted runs is %s, no run is created or deleted, and those there go on",
  async (_, sql) => {
    const database = await talked();
    const first = await hostOn(database);
    await first.start(talking, { workflowId: "c", input: undefined });
    await first.delete("c");
    await first.stop();
    const [kept] = rowsOf(database, "retired") as { epoch: number; seal: number }[];
    database.exec(sql);
    const host = await hostOn(database);
    await expect(host.start(talking, { workflowId: "d", input: undefined })).rejects.toThrow(CorruptionError);
    await expect(host.delete("a")).rejects.toThrow(CorruptionError);
    await goesOn(host, "b");
    database.exec(
      `INSERT OR REPLACE INTO holdfast_retired (only, epoch, seal) VALUES (1, ${kept?.epoch}, ${kept?.seal})`,
    );
    await host.start(talking, { workflowId: "d", input: undefined });
    await goesOn(host, "a");
    await host.delete("a");
  },
);

test.each([
  ["one of two messages has another name", "UPDATE holdfast_messages SET name = 'x' WHERE id = 'm-2'"],
  ["both messages have another name", "UPDATE holdfast_messages SET name = 'x' WHERE name = 'word'"],
  ["one of two messages is gone", "DELETE FROM holdfast_messages WHERE id = 'm-1'"],
])("a run that waits in memory while %s does not go on without it", async (_, sql) => {
  const database = new DatabaseSync(":memory:");
  const workflows = [gathering];
  const host = await createHost({ store: sqliteStore({ database }), workflows, pollMs: 20 });
  onTestFinished(() => host.stop({ timeoutMs: 0 }));
  const handle = await host.start(gathering, { workflowId: "a" });
  await expect.poll(() => handle.getState()).toBe("sleeping");
  for (const n of [1, 2]) await handle.send("word", n, { messageId: `m-${n}` });
  const kept = rowsOf(database, "messages") as Record<string, string>[];
  database.exec(sql);
  await handle
    .send("go", null, { messageId: "m-3" })
    .catch((error) => expect(error).toBeInstanceOf(CorruptionError));
  await handle.wake();
  await expect.poll(() => handle.getState(), { timeout: 20_000 }).toBe("paused");
  expect(((await handle.getError()) as Error).cause).toBeInstanceOf(CorruptionError);

  for (const row of kept) {
    const columns = Object.keys(row);
    const values = columns.map(() => "?").join();
    database
      .prepare(`INSERT OR REPLACE INTO holdfast_messages (${columns.join()}) VALUES (${values})`)
      .run(...Object.values(row));
  }
  await handle.resume();
  await handle.send("go", null, { messageId: "m-3" });
  expect(await handle.result({ timeout: "20s" })).toEqual([1, 2]);
});
