import { DatabaseSync } from "node:sqlite";
import { CorruptionError, createClient, createHost, type Host, type WorkflowContext } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";
import { expect, onTestFinished, test } from "vitest";
import { newRun } from "../../src/testing/conformance/samples.ts";

const waiting = { name: "waiting", run: (ctx: WorkflowContext) => ctx.listen("wait", "go") };

/** Two sleeping runs in a database that is then damaged, and a host that has seen neither. */
async function damagedBy(sql: string) {
  const database = new DatabaseSync(":memory:");
  const store = sqliteStore({ database });
  const before = await createHost({ store, workflows: [waiting], pollMs: 20 });
  for (const workflowId of ["a", "b"]) await before.start(waiting, { workflowId });
  while ((await store.list({ status: ["sleeping"], limit: 2 })).runs.length < 2)
    await new Promise((resolve) => setTimeout(resolve, 5));
  await before.stop();
  database.exec(sql);
  const host = await createHost({ store, workflows: [waiting], pollMs: 20 });
  onTestFinished(() => host.stop({ timeoutMs: 0 }));
  return host;
}

test("a run whose key is larger than any number of JavaScript stops no other run", async () => {
  const host = await damagedBy("UPDATE holdfast_runs SET run = 9007199254740992 WHERE workflow_id = 'a'");
  await host.handle("b").send("go", 7);
  expect(await host.handle("b").result({ timeout: "20s" })).toBe(7);
});

test.each(["1152921504606846977", "4611686018427387904", "0", "-5"])(
  "a run whose key is %s is shown as held, takes no message, hides no other from lists, and can be deleted",
  async (key) => {
    const host = await damagedBy(`UPDATE holdfast_runs SET run = ${key} WHERE workflow_id = 'a'`);
    const a = host.handle("a");
    expect(await a.getState()).toBe("paused");
    await expect(a.send("go", 1)).rejects.toThrow(CorruptionError);
    expect(await listed(host)).toEqual(["a", "b"]);
    expect(await host.delete("a")).toBe(true);
    expect(await a.getState()).toBeNull();
    expect(await listed(host)).toEqual(["b"]);
    await host.handle("b").send("go", 7);
    expect(await host.handle("b").result({ timeout: "20s" })).toBe(7);
  },
);

/** The ids of all runs, page by page. */
async function listed(host: Host): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await host.list({ limit: 1, cursor: cursor ?? null });
    ids.push(...page.runs.map(({ workflowId }) => workflowId));
    cursor = page.nextCursor;
  }
  return ids.sort();
}

const OF_A = "run = (SELECT run FROM holdfast_runs WHERE workflow_id = 'a')";

test.each([
  ["a row", `UPDATE holdfast_entries SET value = 9007199254740993 WHERE ${OF_A}`],
  ["the header", `UPDATE holdfast_runs SET header = 9007199254740993 WHERE ${OF_A}`],
])(
  "a number where bytes belong, larger than any of JavaScript (%s), holds its run at once",
  async (_, sql) => {
    const host = await damagedBy(sql);
    const a = host.handle("a");
    await expect(a.history()).rejects.toThrow(CorruptionError);
    await a.wake();
    await expect.poll(() => a.getState()).toBe("paused");
    const [run] = (await host.list({ status: "paused" })).runs;
    expect([run?.workflowId, run?.epoch]).toEqual(["a", 2]);
    await host.handle("b").send("go", 7);
    expect(await host.handle("b").result({ timeout: "20s" })).toBe(7);
  },
);

test.each(["9007199254740993", "CAST(x'6c' || substr(body, 2) AS BLOB)", "substr(body, 2)", "x'55'", "x''"])(
  "a message whose body has become %s holds its run, stays queued, and is received when it is put back",
  async (instead) => {
    const database = new DatabaseSync(":memory:");
    const store = sqliteStore({ database });
    await createClient({ store }).start("waiting", { workflowId: "a" });
    await createClient({ store }).handle("a").send("go", 1);
    const { body } = database.prepare("SELECT body FROM holdfast_messages").get() as { body: Uint8Array };
    database.exec(`UPDATE holdfast_messages SET body = ${instead}`);
    const host = await createHost({ store, workflows: [waiting], pollMs: 20 });
    onTestFinished(() => host.stop({ timeoutMs: 0 }));
    const a = host.handle("a");
    await expect.poll(() => a.getState()).toBe("paused");
    expect(CorruptionError.is(((await a.getError()) as Error).cause)).toBe(true);
    expect((await host.statistics()).queuedMessages).toBe(1);
    database.prepare("UPDATE holdfast_messages SET body = ?").run(body);
    await a.resume();
    expect(await a.result({ timeout: "20s" })).toBe(1);
  },
);

const resting = { name: "resting", run: (ctx: WorkflowContext) => ctx.sleep("rest", "1h") };

test.each(["CAST(due_at AS BLOB)", "due_at || ' and more'"])(
  "a due time that reads like the number and is none for the index (%s) is damage",
  async (instead) => {
    const database = new DatabaseSync(":memory:");
    const store = sqliteStore({ database });
    const host = await createHost({ store, workflows: [resting], pollMs: 20 });
    onTestFinished(() => host.stop({ timeoutMs: 0 }));
    const handle = await host.start(resting, { workflowId: "a" });
    await expect.poll(() => handle.getState()).toBe("sleeping");
    database.exec(`UPDATE holdfast_runs SET due_at = ${instead}`);
    expect(await handle.getState()).toBe("paused");
    expect(CorruptionError.is(((await handle.getError()) as Error).cause)).toBe(true);
  },
);

test("workflow names that are no text, or not UTF-8, keep nobody looking for ever", async () => {
  const database = new DatabaseSync(":memory:");
  const store = sqliteStore({ database });
  for (const workflowId of ["a", "b", "c"]) await store.create(newRun(workflowId));
  database.exec("UPDATE holdfast_runs SET workflow_name = CAST(x'61fffe62' AS TEXT) WHERE workflow_id = 'a'");
  database.exec("UPDATE holdfast_runs SET workflow_name = x'61ff' WHERE workflow_id = 'b'");
  const { claims } = await store.claim({ owner: "o", leaseMs: 1_000, limit: 9, workflowNames: null });
  expect(claims.map(({ workflowId }) => workflowId)).toEqual(["c"]);
});

test("a hundred damaged runs that are due hide none that is sound, and are passed in a few looks", async () => {
  const looks: string[] = [];
  const database = new DatabaseSync(":memory:");
  const store = sqliteStore({
    database: {
      exec: (sql) => database.exec(sql),
      close: () => database.close(),
      prepare: (sql) => {
        const statement = database.prepare(sql);
        return {
          run: (...parameters) => statement.run(...parameters),
          get: (...parameters) => statement.get(...parameters),
          all: (...parameters) => {
            looks.push(sql);
            return statement.all(...parameters);
          },
        };
      },
    },
  });
  for (let n = 0; n < 101; n++) await store.create(newRun(`run ${n}`));
  database.exec("UPDATE holdfast_runs SET seal = seal + 1 WHERE workflow_id <> 'run 100'");
  looks.length = 0;
  const { claims } = await store.claim({ owner: "o", leaseMs: 1_000, limit: 1, workflowNames: ["w"] });
  expect(claims.map(({ workflowId }) => workflowId)).toEqual(["run 100"]);
  expect(looks.length).toBeLessThan(20);
});
