import { describe, expect, test } from "vitest";
import { sqliteStore } from "../../src/sqlite.ts";
import { batch, bytes, message, newRun, row, send } from "../../src/testing/conformance/samples.ts";
import { RecordingDatabase } from "./recording-database.ts";

const CLAIM = { owner: "o", leaseMs: 60_000 };
const clock = { now: () => 1_000 };

/** A store that was asked everything, with a few thousand runs, times and messages in it. */
async function busyStore() {
  const database = new RecordingDatabase();
  const store = sqliteStore({ database, clock });
  // What opening asks of the schema is no part of it.
  database.executed.length = 0;
  for (let part = 0; part < 10; part++) {
    const runs = Array.from({ length: 300 }, (_, index) =>
      newRun(`run ${part}.${index}`, {
        workflowName: `w${index % 3}`,
        status: "sleeping",
        wakeAt: 2_000 + ((index * 7) % 300),
      }),
    );
    await Promise.all(runs.map((run) => store.create(run)));
  }
  const { claim } = await store.create(newRun("a"), CLAIM);
  if (claim === null) throw new Error("A new run is claimed.");
  const sends = Array.from({ length: 3_000 }, (_, index) => send("a", String(index)));
  await store.driver(claim).commit(batch({ epoch: 1, send: sends, puts: [row([1]), row([2])] }));
  return { database, store, claim };
}

/** Statements that may read a whole table, and why. */
const WHOLE_TABLE: readonly { sql: RegExp; because: string }[] = [
  { sql: /count\(\*\)/, because: "statistics() counts everything" },
  {
    sql: /ORDER BY holdfast_runs.run DESC LIMIT/,
    because: "a listing is read in its order and ends with the page",
  },
];

describe("no statement walks a table to find a little in it", () => {
  test("whatever is asked, each step of its plan is a search by a key or an index, in its order", async () => {
    const { database, store, claim } = await busyStore();
    const driver = store.driver(claim);
    for (const workflowId of ["run 0.0", "run 1.0"]) await store.request(workflowId, "wake");
    await store.claim({ ...CLAIM, limit: 1, workflowNames: null });
    await store.claim({ ...CLAIM, limit: 9, workflowNames: ["w0", "w1"] });
    await store.claim({
      ...CLAIM,
      limit: 1,
      workflowNames: null,
      run: { workflowId: "run 0.0", force: true },
    });
    await store.renew("o", [claim]);
    await store.list({ limit: 9 });
    await store.list({ limit: 9, status: ["sleeping"], cursor: "50" });
    await store.list({ limit: 9, workflowName: "w1" });
    await store.enqueue("run 0.1", message("1"));
    await store.request("run 0.2", "wake");
    await store.response("a", "1");
    await driver.load();
    await driver.list(bytes(1), { limit: 1 });
    await driver.peekMessages(null, 3);
    await driver.peekMessages(["m"], 3);
    await driver.applied("x");
    const effects = {
      deletes: [bytes(1)],
      deleteRanges: [{ from: bytes(1), to: bytes(2) }],
      consume: ["0"],
      complete: [{ id: "0", response: bytes(1) }],
      send: [{ ...send("a", "0"), requeue: true }],
    };
    await driver.commit(
      batch({ epoch: 1, expectedRevision: 2, ...effects, status: "sleeping", wants: ["m"] }),
    );
    await store.delete("run 0.3");
    await store.statistics();

    const statements = new Set(database.executed.filter((sql) => /^(SELECT|INSERT|UPDATE|DELETE)/.test(sql)));
    expect(statements.size).toBeGreaterThan(25);
    for (const sql of statements) {
      const plan = database.planOf(sql);
      const excused = WHOLE_TABLE.some((one) => one.sql.test(sql));
      const walks = plan.filter((step) => step.startsWith("SCAN") && step !== "SCAN CONSTANT ROW");
      expect(excused ? [] : walks, sql).toEqual([]);
      expect(
        plan.filter((step) => step.includes("TEMP B-TREE")),
        sql,
      ).toEqual([]);
    }
    await store.close();
  });

  test("what is due is found by the index of due times, and a message by the index of names", async () => {
    const { database, store } = await busyStore();
    await store.request("run 0.0", "wake");
    await store.claim({ ...CLAIM, limit: 9, workflowNames: ["w0"] });
    const due = database.executed.find((sql) => sql.includes("due_at <= ?")) ?? "";
    expect(database.planOf(due)).toEqual([
      "SEARCH holdfast_runs USING INDEX holdfast_runs_due (workflow_name=? AND due_at<?)",
    ]);
    const next = database.executed.find((sql) => sql.includes("due_at IS NOT NULL ORDER BY")) ?? "";
    expect(database.planOf(next)).toEqual([
      "SEARCH holdfast_runs USING INDEX holdfast_runs_due (workflow_name=? AND due_at>?)",
    ]);
    await store.driver({ workflowId: "a", epoch: 1 }).peekMessages(["m"], 1);
    const oldest = database.executed.findLast((sql) => sql.includes("FROM holdfast_messages")) ?? "";
    expect(database.planOf(oldest)).toEqual([
      "SEARCH holdfast_messages USING INDEX holdfast_messages_name (run=? AND name=?)",
    ]);
    await store.close();
  });
});

describe("a store at rest", () => {
  test("has no transaction open, whatever was asked and whatever was refused", async () => {
    const { database, store, claim } = await busyStore();
    const driver = store.driver(claim);
    const calls = [
      () => store.get("a"),
      () => store.claim({ ...CLAIM, limit: 9, workflowNames: null }),
      () => driver.commit(batch({ epoch: 9 })),
      () => driver.commit(batch({ epoch: 1, expectedRevision: 2, consume: ["absent"] })),
      () => store.enqueue("absent", message("1")),
      () => store.list({ limit: 0 }),
      () => driver.commit(batch({ epoch: 1, expectedRevision: 2 })),
      () => driver.waitForMessages(["m"], AbortSignal.abort()),
      () => store.statistics(),
    ];
    for (const call of calls) {
      await call().catch(() => undefined);
      expect(database.isTransaction).toBe(false);
    }
    await store.close();
  });

  test("was asked for one transaction per commit, with as many statements for a long history as for a short one", async () => {
    const { database, store, claim } = await busyStore();
    const driver = store.driver(claim);
    const statementsOf = async (revision: number): Promise<string[]> => {
      const before = database.executed.length;
      await driver.commit(batch({ epoch: 1, expectedRevision: revision, puts: [row([3, revision & 255])] }));
      return database.executed.slice(before);
    };
    const first = await statementsOf(2);
    expect(first.filter((sql) => sql === "BEGIN IMMEDIATE").length).toBe(1);
    expect(first.length).toBeLessThanOrEqual(6);
    const puts = Array.from({ length: 5_000 }, (_, index) => row([4, index >>> 8, index & 255]));
    await driver.commit(batch({ epoch: 1, expectedRevision: 3, puts }));
    expect((await statementsOf(4)).length).toBe(first.length);
    await store.close();
  });
});
