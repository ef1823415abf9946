import { type Context, errorData, newDriver, runOn, type Scenario } from "../library.ts";

export const utilities: Scenario[] = [
  {
    name: "what is exported",
    observe: async (lib) => Object.keys(lib).sort(),
  },
  {
    name: "locations",
    observe: async (lib) => {
      const storage = lib.createStorage();
      const marked = [{ loop: 3, iteration: 2 }];
      return {
        registered: ["a", "b", "a"].map((name) => lib.registerName(storage, name)),
        resolved: lib.resolveName(storage, 1),
        appended: lib.appendName(storage, [0], "c"),
        iteration: lib.appendLoopIteration(storage, [0], "l", 3),
        key: lib.locationToKey(storage, [0, { loop: 3, iteration: 2 }, 1]),
        root: lib.emptyLocation(),
        parents: [lib.parentLocation([0, 1]), lib.parentLocation([])],
        prefixes: [
          lib.isLocationPrefix([0], [0, 1]),
          lib.isLocationPrefix([0, 1], [0]),
          lib.isLocationPrefix([0], [0]),
        ],
        equal: [lib.locationsEqual(marked, [{ loop: 3, iteration: 2 }]), lib.locationsEqual([0], [1])],
        markers: [lib.isLoopIterationMarker(1), lib.isLoopIterationMarker({ loop: 1, iteration: 1 })],
      };
    },
  },
  {
    name: "histories in memory and in a driver",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const storage = lib.createStorage();
      lib.registerName(storage, "a");
      const entry = lib.createEntry([0], { type: "step", data: { output: { n: 1 } } });
      lib.setEntry(storage, [0], entry);
      const metadata = lib.getOrCreateMetadata(storage, entry.id);
      Object.assign(metadata, { status: "completed", attempts: 1 });
      let told = 0;
      await lib.flush(storage, driver, () => void told++);
      await lib.flush(storage, driver, () => void told++);
      const loaded = await lib.loadStorage(driver);
      const again = lib.getEntry(loaded, [0]);
      const { status, attempts } = await lib.loadMetadata(loaded, driver, entry.id);
      const snapshot = lib.createHistorySnapshot(loaded);
      await lib.deleteEntriesWithPrefix(loaded, driver, [0]);
      const left = await lib.loadStorage(driver);
      return {
        told,
        dirty: entry.dirty,
        same: again?.id === entry.id,
        kind: again?.kind.type,
        status,
        attempts,
        names: snapshot.nameRegistry,
        shown: snapshot.entries.map((one) => Object.keys(one).sort()),
        left: left.history.entries.size,
      };
    },
  },
  {
    name: "a history that was written by hand is replayed",
    observe: async (lib) => {
      const driver = newDriver(lib);
      const storage = lib.createStorage();
      lib.registerName(storage, "a");
      const entry = lib.createEntry([0], { type: "step", data: { output: "by hand" } });
      lib.setEntry(storage, [0], entry);
      Object.assign(lib.getOrCreateMetadata(storage, entry.id), { status: "completed", attempts: 1 });
      storage.state = "running";
      await lib.flush(storage, driver);
      return runOn(lib, driver, (ctx: Context) => ctx.step("a", async () => "run"));
    },
  },
  {
    name: "errors and what they say",
    observe: async (lib) =>
      [
        new lib.CancelledError(),
        new lib.CriticalError("m"),
        new lib.EntryInProgressError(),
        new lib.EvictedError(),
        new lib.JoinError({ a: new Error("x"), b: new Error("y") }),
        new lib.MessageWaitError(["a", "b"]),
        new lib.RaceError("m", [{ name: "a", error: "e" }]),
        new lib.RollbackCheckpointError(),
        new lib.RollbackError("m"),
        new lib.SleepError(5, ["a"]),
        new lib.SleepError(5),
        new lib.StepExhaustedError("s"),
        new lib.StepExhaustedError("s", "l"),
        new lib.StepFailedError("s", new Error("o"), 2, 99),
      ].map((error) => ({ ...(errorData(error) as object), cause: (error.cause as Error)?.message })),
  },
  {
    name: "errors as data",
    observe: async (lib) => {
      const error = Object.assign(new TypeError("m"), { code: "C", n: 1, deep: {}, call: () => 1 });
      return [error, "text", { a: 1 }, null, new lib.StepExhaustedError("s", "l")].map((value) => {
        const { stack: _, ...info } = lib.extractErrorInfo(value);
        return info;
      });
    },
  },
  {
    name: "constants",
    observe: async (lib) => [
      lib.DEFAULT_MAX_RETRIES,
      lib.DEFAULT_RETRY_BACKOFF_BASE,
      lib.DEFAULT_RETRY_BACKOFF_MAX,
      lib.DEFAULT_LOOP_HISTORY_PRUNE_INTERVAL,
      lib.DEFAULT_STEP_TIMEOUT,
    ],
  },
  {
    name: "the driver in memory",
    observe: async (lib) => {
      const driver = new lib.InMemoryDriver();
      const { latency, workerPollInterval } = driver;
      driver.latency = 0;
      const bytes = (...values: number[]) => Uint8Array.from(values);
      for (const key of [3, 1, 2]) await driver.set(bytes(9, key), bytes(key));
      await driver.batch([{ key: bytes(8), value: bytes(8) }]);
      const listed = (await driver.list(bytes(9))).map(({ key }) => [...key]);
      await driver.deleteRange(bytes(9, 1), bytes(9, 2));
      await driver.delete(bytes(9, 2));
      await driver.batchDelete([bytes(8)]);
      await driver.setAlarm("a", 5);
      await driver.setAlarm("b", Date.now() + 60_000);
      const kept = { keys: driver.keys(), due: driver.getDueAlarms(), alarm: driver.getAlarm("a") };
      const { messageDriver: queue } = driver;
      await queue.addMessage({ id: "1", name: "m", data: 1, sentAt: 5 });
      const completable = [1, 2].map(() => queue.receiveMessages({ count: 1, completable: true }));
      const seen = await Promise.all(completable);
      await queue.completeMessage("1");
      await queue.completeMessage("unknown");
      const gone = await queue.receiveMessages({ names: ["m"], count: 1, completable: true });
      driver.clear();
      const [missing, emptied] = [await driver.get(bytes(9, 3)), driver.keys()];
      return { latency, workerPollInterval, listed, kept, seen, gone, missing, emptied };
    },
  },
];
