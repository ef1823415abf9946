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
