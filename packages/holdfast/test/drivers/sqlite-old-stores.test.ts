import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { createHost, defineWorkflow } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";
import { expect, test } from "vitest";
import { migrate } from "../../src/drivers/sqlite/migrate.ts";
import { MIGRATIONS } from "../../src/drivers/sqlite/migrations/all.ts";
import { temporaryDirectory } from "./sqlite-context.ts";

const directory = temporaryDirectory();
const TABLES = ["runs", "entries", "messages", "consumed", "responses"];

const waiting = defineWorkflow({
  name: "waiting",
  run: async (ctx) => {
    const first = await ctx.step("first", () => 1);
    await ctx.sleep("rest", 300);
    const { body, createdAt } = await ctx.queue.next("wait", { names: ["go"] });
    return [first, body, createdAt > 0];
  },
});

/** What is in the file, as a store of schema 1 has it: without seals. */
function asOfSchema1(from: string, to: string): void {
  const [source, old] = [new DatabaseSync(from), new DatabaseSync(to)];
  migrate(old, to, MIGRATIONS.slice(0, 1));
  for (const table of TABLES) {
    for (const row of source.prepare(`SELECT * FROM holdfast_${table}`).all()) {
      const columns = Object.keys(row).filter((column) => column !== "seal" && column !== "queue_seal");
      const places = columns.map(() => "?").join(", ");
      const values = columns.map((column) => row[column] as SQLInputValue);
      old.prepare(`INSERT INTO holdfast_${table} (${columns.join(", ")}) VALUES (${places})`).run(...values);
    }
  }
  source.close();
  old.close();
}

test("a store of schema 1, with a sleeping run and a queued message, is brought up to date and goes on", async () => {
  const [path, oldPath] = [join(directory, "new.db"), join(directory, "old.db")];
  const store = sqliteStore(path);
  const host = await createHost({ store, workflows: [waiting] });
  const handle = await host.start(waiting, { workflowId: "a", input: undefined });
  while ((await store.get("a"))?.status !== "sleeping") await handle.wake();
  await handle.send("go", "there");
  await host.stop();
  await store.close();
  asOfSchema1(path, oldPath);

  const old = sqliteStore(oldPath);
  const next = await createHost({ store: old, workflows: [waiting] });
  expect(await next.handle("a").result({ timeout: 10_000 })).toEqual([1, "there", true]);
  await next.stop();
  await old.close();
});

test("a store of schema 3 knows what it consumed, without checksums, and remembers more with them", async () => {
  const path = join(directory, "schema-3.db");
  const words = defineWorkflow({
    name: "words",
    run: async (ctx) => {
      const one = await ctx.queue.next("one", { names: ["word"] });
      const two = await ctx.queue.next("two", { names: ["word"] });
      return [one.body, two.body, (await ctx.queue.next("three", { names: ["word"] })).body];
    },
  });
  const begin = async () => createHost({ store: sqliteStore(path), workflows: [words], pollMs: 20 });
  const first = await begin();
  const handle = await first.start(words, { workflowId: "a", input: undefined });
  await handle.send("word", 1, { messageId: "first" });
  const consumed = () => new DatabaseSync(path).prepare("SELECT id, seal FROM holdfast_consumed").all();
  await expect.poll(() => consumed().length).toBe(1);
  await first.stop();
  const old = new DatabaseSync(path);
  old.exec(`ALTER TABLE holdfast_consumed DROP COLUMN seal; ALTER TABLE holdfast_retired DROP COLUMN seal;
    DELETE FROM holdfast_schema WHERE version > 3; UPDATE holdfast_runs SET queue_seal = 0, seal = NULL`);
  old.close();

  const second = await begin();
  await second.handle("a").send("word", "again", { messageId: "first" });
  await second.handle("a").send("word", 2, { messageId: "second" });
  await expect.poll(() => consumed().length).toBe(2);
  expect(consumed()).toMatchObject([
    { id: "first", seal: null },
    { id: "second", seal: expect.any(Number) },
  ]);
  await second.stop();
  const third = await begin();
  await third.handle("a").send("word", 3);
  expect(await third.handle("a").result({ timeout: "20s" })).toEqual([1, 2, 3]);
  await third.stop();
});
