import { describe, expect, test } from "vitest";
import { kvDriver } from "../../src/drivers/kv/kv-driver.ts";
import { LimitError } from "../../src/model/errors/argument-errors.ts";
import { StorageError } from "../../src/model/errors/storage-errors.ts";
import type { DriverContext } from "../../src/testing/conformance/driver-context.ts";
import { batch, bytes, message, row } from "../../src/testing/conformance/samples.ts";
import { driverConformance } from "../../src/testing/conformance/suites.ts";
import { MemoryOrderedKV } from "../../src/testing/memory-ordered-kv.ts";

const clock = { now: () => 1_000 };

class FailingKV extends MemoryOrderedKV {
  failing: "get" | "batch" | "setAlarm" | "getAlarm" | null = null;

  override async get(key: Uint8Array) {
    if (this.failing === "get") throw new Error("no connection");
    return super.get(key);
  }

  override async batch(change: Parameters<MemoryOrderedKV["batch"]>[0]) {
    if (this.failing === "batch") throw new Error("no connection");
    return super.batch(change);
  }

  override async setAlarm(at: number | null) {
    if (this.failing === "setAlarm") throw new Error("no connection");
    return super.setAlarm(at);
  }
}

async function parked(wakeAt: number | null, wants: string[] | null) {
  const kv = new FailingKV();
  const driver = kvDriver(kv, { clock });
  await driver.commit(batch({ expectedRevision: 0, status: "sleeping", wakeAt, wants }));
  return { kv, driver };
}

describe("the alarm of a kv driver", () => {
  test("is the run's wake-up time, and none after the end or while paused", async () => {
    const { kv, driver } = await parked(5_000, null);
    expect(kv.alarm).toBe(5_000);
    await driver.commit(batch({ status: "paused", wakeAt: 6_000 }));
    expect(kv.alarm).toBeNull();
    await driver.commit(batch({ expectedRevision: 2, status: "sleeping", wakeAt: 7_000 }));
    expect(kv.alarm).toBe(7_000);
    await driver.commit(batch({ expectedRevision: 3, status: "completed", wakeAt: 8_000 }));
    expect(kv.alarm).toBeNull();
  });

  test("is at once for a wanted message, and later messages do not move it away", async () => {
    const { kv, driver } = await parked(5_000, ["m"]);
    await driver.enqueueMessage(message("1", { name: "other" }));
    expect(kv.alarm).toBe(5_000);
    await driver.enqueueMessage(message("2"));
    expect(kv.alarm).toBe(1_000);
    await driver.enqueueMessage(message("3", { name: "other" }));
    expect(kv.alarm).toBe(1_000);
  });

  test("is at once when a wanted message was there before the run was parked, unless the commit consumed it", async () => {
    const kv = new MemoryOrderedKV();
    const driver = kvDriver(kv, { clock });
    await driver.enqueueMessage(message("1"));
    await driver.commit(batch({ expectedRevision: 0, status: "sleeping", wakeAt: 5_000, wants: ["m"] }));
    expect(kv.alarm).toBe(1_000);
    await driver.commit(batch({ status: "sleeping", wakeAt: 5_000, wants: ["m"], consume: ["1"] }));
    expect(kv.alarm).toBe(5_000);
  });

  test("is set again by load, by applied and by a repeated send after a crash in front of it", async () => {
    const { kv } = await parked(5_000, ["m"]);
    for (const [index, heal] of (["load", "applied", "send"] as const).entries()) {
      const wakeAt = 6_000 + index * 1_000;
      const driver = kvDriver(kv, { clock });
      const { revision = 0 } = (await driver.load()) ?? {};
      kv.failing = "setAlarm";
      const crossed = batch({ expectedRevision: revision, status: "sleeping", wakeAt, wants: ["m"] });
      const error = await driver.commit(crossed).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StorageError);
      expect(error).toMatchObject({ outcome: "unknown", retryable: true });
      if (heal === "send") await expect(driver.enqueueMessage(message("1"))).rejects.toThrow(StorageError);
      kv.failing = null;
      kv.alarm = null;
      const next = kvDriver(kv, { clock });
      if (heal === "load") await next.load();
      if (heal === "applied") expect(await next.applied(crossed.batchId)).toBe(true);
      if (heal === "send") await next.enqueueMessage(message("1"));
      expect(kv.alarm).toBe(heal === "send" ? 1_000 : wakeAt);
    }
  });

  test("is set before the batch that moves it forward, and after the one that moves it back", async () => {
    const kv = new FailingKV();
    const order: string[] = [];
    const driver = kvDriver(
      Object.assign(kv, {
        batch: async (change: Parameters<MemoryOrderedKV["batch"]>[0]) => {
          order.push("batch");
          await MemoryOrderedKV.prototype.batch.call(kv, change);
        },
        setAlarm: async (at: number | null) => {
          order.push(`alarm ${at}`);
          kv.alarm = at;
        },
      }),
      { clock },
    );
    const orderOf = async (write: Promise<void>): Promise<string[]> => {
      await write;
      return order.splice(0);
    };
    const asleep = { status: "sleeping", wants: ["m"] } as const;
    const first = driver.commit(batch({ expectedRevision: 0, ...asleep, wakeAt: 5_000 }));
    expect(await orderOf(first)).toEqual(["alarm 5000", "batch"]);
    const sooner = driver.commit(batch({ ...asleep, wakeAt: 4_000 }));
    expect(await orderOf(sooner)).toEqual(["alarm 4000", "batch"]);
    const later = driver.commit(batch({ expectedRevision: 2, ...asleep, wakeAt: 9_000 }));
    expect(await orderOf(later)).toEqual(["batch", "alarm 9000"]);
    // An instant that has come may have fired before the batch: it is set again behind it.
    expect(await orderOf(driver.enqueueMessage(message("1")))).toEqual(["alarm 1000", "batch", "alarm 1000"]);
    const ended = driver.commit(batch({ expectedRevision: 3, status: "completed" }));
    expect(await orderOf(ended)).toEqual(["batch", "alarm null"]);
  });

  test("is set before the batch also when the one before it has fired meanwhile", async () => {
    let now = 1_000;
    const kv = new FailingKV();
    const driver = kvDriver(kv, { clock: { now: () => now } });
    await driver.commit(batch({ expectedRevision: 0, status: "sleeping", wakeAt: 2_000 }));
    now = 3_000;
    kv.failing = "batch";
    const written = driver.commit(batch({ status: "sleeping", wakeAt: 5_000 }));
    await expect(written).rejects.toThrow(StorageError);
    expect(kv.alarm).toBe(5_000);
  });

  test("is set again by load when it has fired before its time", async () => {
    const { kv, driver } = await parked(5_000, null);
    kv.alarm = null;
    await driver.load();
    expect(kv.alarm).toBe(5_000);
  });

  test("is not touched by commits of a run that goes on", async () => {
    const kv = new FailingKV();
    const driver = kvDriver(kv, { clock });
    await driver.commit(batch({ expectedRevision: 0 }));
    kv.failing = "setAlarm";
    await driver.commit(batch());
  });
});

describe("a namespace that tells its alarm", () => {
  class TellingKV extends FailingKV {
    async getAlarm() {
      if (this.failing === "getAlarm") throw new Error("no connection");
      return this.alarm;
    }
  }

  async function told() {
    const kv = new TellingKV();
    await kvDriver(kv, { clock }).commit(batch({ expectedRevision: 0, status: "sleeping", wakeAt: 5_000 }));
    return { kv, driver: kvDriver(kv, { clock }) };
  }

  test("is not given by load what it has", async () => {
    const { kv, driver } = await told();
    kv.failing = "setAlarm";
    expect(await driver.load()).toMatchObject({ revision: 1 });
    expect(await driver.load()).toMatchObject({ revision: 1 });
    kv.alarm = 6_000;
    await expect(driver.load()).rejects.toThrow(StorageError);
  });

  test.each([
    ["one that has fired", null],
    ["one that is too late", 6_000],
    ["one that is too early", 4_000],
    ["one whose time has come", 900],
  ])("is given another one for %s", async (_what, alarm) => {
    const { kv, driver } = await told();
    kv.alarm = alarm;
    await driver.load();
    expect(kv.alarm).toBe(5_000);
  });

  test("is given one where it cannot tell", async () => {
    const { kv, driver } = await told();
    kv.failing = "getAlarm";
    kv.alarm = null;
    await driver.load();
    expect(kv.alarm).toBe(5_000);
  });
});

describe("the alarm of a kv driver that watches", () => {
  async function atWork() {
    let now = 1_000;
    const kv = new FailingKV();
    const driver = kvDriver(kv, { clock: { now: () => now }, watchMs: 500 });
    await driver.commit(batch({ expectedRevision: 0 }));
    const at = (instant: number): void => {
      now = instant;
    };
    return { kv, driver, at };
  }

  test("looks after a run that is at work, and is moved only when it has passed", async () => {
    const { kv, driver, at } = await atWork();
    expect(kv.alarm).toBe(1_500);
    kv.failing = "setAlarm";
    at(1_499);
    await driver.commit(batch());
    kv.failing = null;
    at(1_500);
    await driver.commit(batch({ expectedRevision: 2 }));
    expect(kv.alarm).toBe(2_000);
    await driver.enqueueMessage(message("1"));
    expect(kv.alarm).toBe(2_000);
    await driver.commit(batch({ expectedRevision: 3, status: "sleeping", wakeAt: 9_000 }));
    expect(kv.alarm).toBe(9_000);
    await driver.commit(batch({ expectedRevision: 4 }));
    expect(kv.alarm).toBe(2_000);
    await driver.commit(batch({ expectedRevision: 5, status: "completed" }));
    expect(kv.alarm).toBeNull();
  });

  test("is at once for a run that has not begun, and at its time for one that begins later", async () => {
    const kv = new MemoryOrderedKV();
    const driver = kvDriver(kv, { clock, watchMs: 500 });
    await driver.commit(batch({ expectedRevision: 0, status: "pending" }));
    expect(kv.alarm).toBe(1_000);
    await driver.commit(batch({ status: "pending", wakeAt: 7_000 }));
    expect(kv.alarm).toBe(7_000);
  });

  test("is put off by nobody who only looks at the run", async () => {
    const { kv, driver, at } = await atWork();
    const { alarm } = kv;
    for (const now of [1_100, 1_300, 1_499, 1_600, 9_000]) {
      at(now);
      await driver.load({ shown: true });
    }
    expect(kv.alarm).toBe(alarm);
    await driver.load();
    expect(kv.alarm).toBe(9_500);
  });

  test("is set again by a handler of the alarm, also early, and for a driver that knows nothing yet", async () => {
    const { kv, driver, at } = await atWork();
    at(1_400);
    kv.alarm = null;
    await driver.rearm();
    expect(kv.alarm).toBe(1_900);
    kv.alarm = null;
    await kvDriver(kv, { clock, watchMs: 500 }).rearm();
    expect(kv.alarm).toBe(1_500);
    const none = new MemoryOrderedKV();
    await kvDriver(none, { clock, watchMs: 500 }).rearm();
    expect(none.alarm).toBeNull();
  });
});

describe("a namespace that sets the alarm in its batch", () => {
  class AtomicKV extends FailingKV {
    readonly alarmInBatch = true;
    readonly alarms: (number | null)[] = [];

    override async batch(change: Parameters<MemoryOrderedKV["batch"]>[0]) {
      await super.batch(change);
      if (change.alarm !== undefined) this.alarms.push(change.alarm);
    }
  }

  test("is given the alarm of commits and of wanted messages with the batch, and is not asked again", async () => {
    const kv = new AtomicKV();
    const driver = kvDriver(kv, { clock, watchMs: 500 });
    kv.failing = "setAlarm";
    await driver.commit(batch({ expectedRevision: 0 }));
    await driver.commit(batch());
    await driver.commit(batch({ expectedRevision: 2, status: "sleeping", wakeAt: 5_000, wants: ["m"] }));
    await driver.enqueueMessage(message("1", { name: "other" }));
    await driver.enqueueMessage(message("2"));
    await driver.commit(batch({ expectedRevision: 3, status: "completed" }));
    expect(kv.alarms).toEqual([1_500, 5_000, 1_000, null]);
  });

  test("is given the alarm again when it is not known whether it was set", async () => {
    const kv = new AtomicKV();
    const driver = kvDriver(kv, { clock, watchMs: 500 });
    kv.failing = "batch";
    await expect(driver.commit(batch({ expectedRevision: 0 }))).rejects.toThrow(StorageError);
    kv.failing = null;
    await driver.commit(batch({ expectedRevision: 0 }));
    expect(kv.alarms).toEqual([1_500]);
  });

  test("sets the alarm by itself for a message that was there already", async () => {
    const kv = new AtomicKV();
    const driver = kvDriver(kv, { clock });
    await driver.commit(batch({ expectedRevision: 0, status: "sleeping", wants: ["m"] }));
    await driver.enqueueMessage(message("1"));
    kv.alarm = null;
    await driver.enqueueMessage(message("1"));
    expect(kv.alarm).toBe(1_000);
  });
});

test("a kv driver tells the state of its run, and of changes", async () => {
  const driver = kvDriver(new MemoryOrderedKV(), { clock });
  await driver.enqueueMessage(message("1"));
  expect(await driver.readState()).toBeNull();
  const change = driver.waitForChange(new AbortController().signal);
  await driver.commit(batch({ expectedRevision: 0, status: "sleeping" }));
  await change;
  expect(await driver.readState()).toBe("sleeping");
});

describe("the driver suite finds a namespace whose alarm", () => {
  const broken: Record<string, (kv: MemoryOrderedKV, at: number | null) => void> = {
    "is never set": () => {},
    "is never taken back": (kv, at) => {
      if (at !== null) kv.alarm = at;
    },
    "stays where it was set first": (kv, at) => {
      if (kv.alarm === null || at === null) kv.alarm = at;
    },
  };
  const passes = async (set: (kv: MemoryOrderedKV, at: number | null) => void): Promise<boolean> => {
    const context: DriverContext = {
      async open() {
        const kv = new MemoryOrderedKV();
        kv.setAlarm = async (at) => set(kv, at);
        const driver = kvDriver(kv);
        const none = { response: async () => null, close: async () => {}, reopen: async () => driver };
        return { driver, workflowId: "run", epoch: 0, alarm: () => kv.alarm, ...none };
      },
    };
    const cases = driverConformance.filter(({ id }) => id.startsWith("bare-alarm"));
    const ends = await Promise.allSettled(cases.map(({ run }) => run(context)));
    return cases.length === 2 && ends.every(({ status }) => status === "fulfilled");
  };

  test.each(Object.entries(broken))("%s", async (_, set) => {
    const sound = await passes((kv, at) => {
      kv.alarm = at;
    });
    expect([sound, await passes(set)]).toEqual([true, false]);
  });
});

describe("a kv driver whose namespace fails", () => {
  test("says that a failed read wrote nothing, and that of a failed batch it does not know", async () => {
    const { kv, driver } = await parked(null, null);
    kv.failing = "get";
    await expect(driver.commit(batch())).rejects.toMatchObject({ outcome: "not-applied", retryable: true });
    await expect(driver.load()).rejects.toThrow("no connection");
    kv.failing = "batch";
    await expect(driver.commit(batch())).rejects.toMatchObject({ outcome: "unknown", retryable: true });
    kv.failing = null;
    await driver.commit(batch());
  });

  test("refuses what the namespace does not take, its own rows included", async () => {
    const kv = Object.assign(new MemoryOrderedKV(), { limits: { batchRows: 4 } });
    const driver = kvDriver(kv);
    await driver.commit(batch({ expectedRevision: 0, puts: [row([1]), row([2]), row([3])] }));
    const refused = driver.commit(batch({ puts: [row([4]), row([5]), row([6]), row([7])] }));
    await expect(refused).rejects.toThrow(LimitError);
    await expect(driver.enqueueMessage(message("1"))).resolves.toBeUndefined();
    expect((await driver.list(bytes())).length).toBe(3);
  });

  test("hears of changes from outside", async () => {
    const kv = new MemoryOrderedKV();
    const heard = Promise.withResolvers<void>();
    const driver = kvDriver(Object.assign(kv, { waitForChange: () => heard.promise }));
    const wait = driver.waitForMessages(null, new AbortController().signal);
    heard.resolve();
    await wait;
  });
});
