import { DatabaseSync } from "node:sqlite";
import { CorruptionError, createHost, defineWorkflow, kvDriver } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { sqliteDriver, sqliteStore } from "holdfast/sqlite";
import { describe, expect, test } from "vitest";
import type { EngineDriver } from "../../src/storage/driver.ts";
import { batch, message } from "../../src/testing/conformance/samples.ts";
import { MemoryOrderedKV } from "../../src/testing/memory-ordered-kv.ts";

interface Storage {
  readonly driver: EngineDriver;
  /** Looks at the run's own record; what it gives puts that back, and leaves alone what stands beside it. */
  rememberRun(): Promise<() => Promise<void>>;
  /** Looks at the queue; what it gives puts the messages back that were there. */
  remember(): Promise<() => Promise<void>>;
}

const REMEMBER = "DROP TABLE IF EXISTS before; CREATE TABLE before AS SELECT * FROM holdfast_messages";
const PUT_BACK = "INSERT OR IGNORE INTO holdfast_messages SELECT * FROM before";

const STORAGES: Record<string, () => Storage> = {
  memory: () => {
    const driver = memoryDriver();
    const remember = async () => {
      const before = driver.dump();
      return async () => {
        const after = driver.dump();
        const runs = after.runs.map((run, index) => {
          const { messages, places } = before.runs[index] ?? run;
          return {
            ...run,
            messages: [...messages, ...run.messages],
            places: [...(places ?? []), ...(run.places ?? [])],
          };
        });
        driver.restore({ ...after, runs });
      };
    };
    const rememberRun = async () => {
      const before = driver.dump();
      return async () => {
        const after = driver.dump();
        const { consumed = [], consumedSeals = [] } = after.runs[0] ?? {};
        driver.restore({ ...before, runs: before.runs.map((run) => ({ ...run, consumed, consumedSeals })) });
      };
    };
    return { driver, remember, rememberRun };
  },
  sqlite: () => {
    const database = new DatabaseSync(":memory:");
    const driver = sqliteDriver(database, "run");
    const remember = async () => {
      database.exec(REMEMBER);
      return async () => database.exec(PUT_BACK);
    };
    const rememberRun = async () => {
      database.exec("CREATE TABLE run_before AS SELECT * FROM holdfast_runs");
      return async () =>
        database.exec("DELETE FROM holdfast_runs; INSERT INTO holdfast_runs SELECT * FROM run_before");
    };
    return { driver, remember, rememberRun };
  },
  "key-value": () => {
    const kv = new MemoryOrderedKV();
    const remember = async () => {
      const spaces = [0x20, 0x21, 0x22].map((space) => kv.list(Uint8Array.of(space), { limit: 99 }));
      const puts = (await Promise.all(spaces)).flat();
      return () => kv.batch({ deleteRanges: [], deletes: [], puts });
    };
    const rememberRun = async () => {
      const key = Uint8Array.of(0);
      const puts = [{ key, value: (await kv.get(key)) as Uint8Array }];
      return () => kv.batch({ deleteRanges: [], deletes: [], puts });
    };
    return { driver: kvDriver(kv), remember, rememberRun };
  },
};

describe.each(Object.entries(STORAGES))(
  "a consumed message that is put back into the queue: %s",
  (_, open) => {
    test("is not consumed again, nor is another one until it is gone", async () => {
      const { driver, remember } = open();
      await driver.commit(batch({ expectedRevision: 0 }));
      await driver.enqueueMessage(message("1"));
      const putBack = await remember();
      await driver.commit(batch({ expectedRevision: 1, consume: ["1"] }));
      await putBack();
      await expect(driver.commit(batch({ expectedRevision: 2, consume: ["1"] }))).rejects.toThrow(
        CorruptionError,
      );
      await driver.enqueueMessage(message("2"));
      await expect(driver.commit(batch({ expectedRevision: 2, consume: ["2"] }))).rejects.toThrow(
        CorruptionError,
      );
      await driver.commit(batch({ expectedRevision: 2 }));
      expect((await driver.load())?.damage).toBeInstanceOf(CorruptionError);
    });
  },
);

describe.each(Object.entries(STORAGES))("a run as it was before it consumed anything: %s", (_, open) => {
  test("does not fit the ids of what it consumed since", async () => {
    const { driver, rememberRun } = open();
    await driver.commit(batch({ expectedRevision: 0 }));
    const putBack = await rememberRun();
    await driver.enqueueMessage(message("1"));
    await driver.commit(batch({ expectedRevision: 1, consume: ["1"] }));
    expect((await driver.load())?.damage).toBeUndefined();
    await putBack();
    expect((await driver.load())?.damage).toBeInstanceOf(CorruptionError);
  });
});

test("a host that keeps the run in memory holds it, and the code does nothing with the message", async () => {
  const database = new DatabaseSync(":memory:");
  const done: unknown[] = [];
  const talking = defineWorkflow({
    name: "talking",
    run: async (ctx) => {
      for (let n = 0; n < 3; n++) {
        const { body } = await ctx.queue.next(`word ${n}`, { names: ["word"] });
        await ctx.step(`do ${n}`, () => void done.push(body));
      }
    },
  });
  const store = sqliteStore({ database });
  const host = await createHost({ store, workflows: [talking], pollMs: 20 });
  const handle = await host.start(talking, { workflowId: "a", input: undefined });
  await expect.poll(() => handle.getState()).toBe("sleeping");
  database.exec(
    `${REMEMBER}; CREATE TEMP TRIGGER seen AFTER INSERT ON holdfast_messages BEGIN INSERT INTO before SELECT * FROM holdfast_messages WHERE run = new.run AND position = new.position; END`,
  );
  await handle.send("word", "once");
  await expect.poll(() => done).toEqual(["once"]);
  await expect.poll(() => handle.getState()).toBe("sleeping");
  database.exec(`DROP TRIGGER seen; ${PUT_BACK}`);
  await handle.wake();
  await expect.poll(() => handle.getState()).toBe("paused");
  expect(done).toEqual(["once"]);
  await expect(handle.result({ wait: false })).rejects.toMatchObject({ reason: "corruption" });
  await host.stop();
});
