import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createHost, type Host, type WorkflowContext } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "./sqlite-context.ts";

const directory = temporaryDirectory();
let files = 0;
const waiting = { name: "waiting", run: (ctx: WorkflowContext) => ctx.listen("wait", "go") };

/** A host that has started run "a", and the same file by another connection. */
async function started(): Promise<{ host: Host; database: DatabaseSync }> {
  const path = join(directory, `${files++}.db`);
  const store = sqliteStore(path);
  const host = await createHost({ store, workflows: [waiting], pollMs: 20 });
  const database = new DatabaseSync(path);
  onTestFinished(async () => {
    await host.stop({ timeoutMs: 0 });
    await store.close();
    database.close();
  });
  const a = await host.start(waiting, { workflowId: "a" });
  await expect.poll(() => a.getState()).toBe("sleeping");
  return { host, database };
}

async function completes(host: Host, workflowId: string): Promise<void> {
  const run = await host.start(waiting, { workflowId });
  await run.send("go", workflowId);
  expect(await run.result({ timeout: "20s" })).toBe(workflowId);
}

const KEYS = ["9223372036854775807", "1152921504606846977", "9007199254740992", "9007199254740991"];

test.each([...KEYS, "9007199254740990", "2", "-9223372036854775808"])(
  "runs start while another one's key is damaged to %s, and when that is deleted",
  async (key) => {
    const { host, database } = await started();
    database.exec(`UPDATE holdfast_runs SET run = ${key} WHERE workflow_id = 'a'`);
    for (const workflowId of ["b", "c", "d"]) await completes(host, workflowId);
    expect((await host.list()).runs).toHaveLength(4);
    await host.delete("a");
    await completes(host, "e");
  },
);

test.each([...KEYS, "-1", "'x'", "NULL"])(
  "runs start while the table's sequence is damaged to %s",
  async (sequence) => {
    const { host, database } = await started();
    database.exec(`UPDATE sqlite_sequence SET seq = ${sequence} WHERE name = 'holdfast_runs'`);
    for (const workflowId of ["b", "c", "d"]) await completes(host, workflowId);
  },
);

test.each(["entries", "messages", "consumed", "responses"])(
  "rows of %s that damage has moved to a key that no run has yet are no new run's",
  async (table) => {
    const { host, database } = await started();
    const a = host.handle("a");
    await a.send("other", 1, { messageId: "m" });
    database.exec("INSERT INTO holdfast_consumed (run, id) VALUES (1, 'm')");
    database.exec("INSERT INTO holdfast_responses (run, id, response) VALUES (1, 'm', x'00')");
    database.exec(`UPDATE holdfast_${table} SET run = run + 1`);
    const b = await host.start(waiting, { workflowId: "b" });
    await b.send("go", "b", { messageId: "m" });
    expect(await b.result({ timeout: "20s" })).toBe("b");
    expect((await b.history()).status).toBe("completed");
  },
);

test("no key is used twice, and keys grow", async () => {
  const { host, database } = await started();
  const keyOf = (workflowId: string): number => {
    const sql = "SELECT run FROM holdfast_runs WHERE workflow_id = ?";
    return (database.prepare(sql).get(workflowId) as { run: number }).run;
  };
  const keys = [keyOf("a")];
  for (const workflowId of ["b", "c", "a", "d"]) {
    await host.delete(workflowId);
    await host.start(waiting, { workflowId });
    keys.push(keyOf(workflowId));
  }
  expect(keys).toEqual([1, 2, 3, 4, 5]);
});
