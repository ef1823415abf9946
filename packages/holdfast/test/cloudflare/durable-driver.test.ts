import { describe, expect, test } from "vitest";
import { type DurableDriverOptions, durableDriver } from "../../src/drivers/cloudflare/durable-driver.ts";
import { DurableKV } from "../../src/drivers/cloudflare/durable-kv.ts";
import type { KVDriver } from "../../src/drivers/kv/kv-driver.ts";
import { LimitError } from "../../src/model/errors/argument-errors.ts";
import { StorageError } from "../../src/model/errors/storage-errors.ts";
import type { DriverContext } from "../../src/testing/conformance/driver-context.ts";
import { batch, bytes, row } from "../../src/testing/conformance/samples.ts";
import { kvDamage } from "../../src/testing/conformance/storage-damage.ts";
import { driverConformance } from "../../src/testing/conformance/suites.ts";
import { runConformance } from "../drivers/run-conformance.ts";
import { Disk, FakeStorage } from "./fake-storage.ts";

const id = { name: "run under test", toString: () => "0123abcd" };
const openOn = (storage: FakeStorage, options?: DurableDriverOptions): KVDriver =>
  durableDriver({ id, storage }, options).driver;

const fakeObjects: DriverContext = {
  async open({ queuedMessages, driverLimits = {} } = {}) {
    const limits = queuedMessages === undefined ? {} : { queuedMessages };
    const options = { limits, driverLimits };
    const storage = new FakeStorage(new Disk());
    const driver = openOn(storage, options);
    return {
      driver,
      workflowId: id.name,
      epoch: 0,
      reopen: async () => openOn(new FakeStorage(storage.disk), options),
      response: (messageId) => driver.readResponse(messageId),
      close: async () => {},
      crash: async () => {
        storage.kill();
        return openOn(new FakeStorage(storage.disk), options);
      },
      faults: storage,
      damage: kvDamage(() => new DurableKV({ id, storage })),
      transactions: () => storage.transactions,
      alarm: () => storage.disk.alarm,
    };
  },
};

const reason = "the platform has one object at a time use a storage";

runConformance("durable driver", {
  cases: driverConformance,
  context: fakeObjects,
  deviations: { "second-sees": reason, "second-fences": reason, "fault-frees": reason },
});

describe("a durable driver", () => {
  test("leaves the storage of an object that is merely asked empty", async () => {
    const storage = new FakeStorage(new Disk());
    const driver = openOn(storage);
    expect(await driver.load()).toBeNull();
    expect(await driver.list(bytes())).toEqual([]);
    expect(await driver.peekMessages(null, 1)).toEqual([]);
    await driver.rearm();
    expect(storage.sql.exec("SELECT name FROM sqlite_master").toArray()).toEqual([]);
    expect(storage.disk.alarm).toBeNull();
  });

  test("keeps the id that the run began with, whatever the object is asked by later", async () => {
    const disk = new Disk();
    const byId = { toString: () => "0123abcd" };
    expect(durableDriver({ id: byId, storage: new FakeStorage(disk) }).workflowId).toBe("0123abcd");
    const named = durableDriver({ id: { ...byId, name: "order \ud800 1" }, storage: new FakeStorage(disk) });
    await named.driver.commit(batch({ expectedRevision: 0 }));
    expect(durableDriver({ id: byId, storage: new FakeStorage(disk) }).workflowId).toBe("order \ud800 1");
  });

  test.each([
    ['{"layout":2,"workflowId":"a"}', "layout 2"],
    ["what?", "layout undefined"],
    ["null", "layout undefined"],
  ])("refuses the storage %s of another version", async (stored, told) => {
    const storage = new FakeStorage(new Disk());
    await openOn(storage).commit(batch({ expectedRevision: 0 }));
    storage.sql.exec(
      "INSERT OR REPLACE INTO holdfast VALUES (?, ?)",
      bytes(1),
      new TextEncoder().encode(stored),
    );
    expect(() => openOn(storage)).toThrow(StorageError);
    expect(() => openOn(storage)).toThrow(told);
  });

  test("sets an alarm of the year 9999 to the latest that the platform takes", async () => {
    const storage = new FakeStorage(new Disk());
    const wakeAt = Date.UTC(9999, 11, 31);
    await openOn(storage).commit(batch({ expectedRevision: 0, status: "sleeping", wakeAt }));
    expect(storage.disk.alarm).toBe(Date.UTC(2189, 0, 1));
  });

  test("refuses a value that is no row of the platform's", async () => {
    const storage = new FakeStorage(new Disk());
    const driver = openOn(storage);
    await driver.commit(batch({ expectedRevision: 0, puts: [row([1], Array(1_991_808).fill(7))] }));
    const large = driver.commit(batch({ puts: [row([2], Array(1_991_809).fill(7))] }));
    await expect(large).rejects.toThrow(LimitError);
  });

  test("takes what is no blob for damage of that row alone", async () => {
    const storage = new FakeStorage(new Disk());
    const driver = openOn(storage);
    await driver.commit(batch({ expectedRevision: 0, puts: [row([1]), row([2])] }));
    storage.sql.exec("UPDATE holdfast SET value = 'text' WHERE key = ?", bytes(0x10, 1));
    const values = (await driver.list(bytes())).map(({ value }) => value);
    expect(values).toEqual([new TextEncoder().encode("text"), row([2]).value]);
  });
});
