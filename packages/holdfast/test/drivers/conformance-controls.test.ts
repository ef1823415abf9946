import { expect, test } from "vitest";
import { type MemoryStore, memoryDriver, memoryStore } from "../../src/memory.ts";
import type { EngineDriver } from "../../src/storage/driver.ts";
import type { CommitBatch } from "../../src/storage/records.ts";
import type { WorkflowStore } from "../../src/storage/store.ts";
import type { ConformanceCase } from "../../src/testing/conformance/conformance-case.ts";
import type { DriverContext } from "../../src/testing/conformance/driver-context.ts";
import type { StoreContext } from "../../src/testing/conformance/store-context.ts";
import { driverConformance, storeConformance } from "../../src/testing/conformance/suites.ts";

/** An object that behaves as `target` except for what `broken` replaces. */
function breaking<Target extends object>(target: Target, broken: Partial<Target>): Target {
  return new Proxy(target, {
    get: (_, name) => {
      const value = Reflect.get(
        name in broken ? broken : target,
        name,
        name in broken ? broken : target,
      ) as unknown;
      return typeof value === "function" ? value.bind(name in broken ? broken : target) : value;
    },
  });
}

function brokenDrivers(breakIt: (driver: EngineDriver) => Partial<EngineDriver>): DriverContext {
  return {
    async open({ queuedMessages, driverLimits = {} } = {}) {
      const workflowId = "run under test";
      const limits = queuedMessages === undefined ? {} : { queuedMessages };
      const driver = memoryDriver({ workflowId, limits, driverLimits });
      const broken = breaking<EngineDriver>(driver, breakIt(driver));
      const reopen = async () => broken;
      return {
        driver: broken,
        workflowId,
        epoch: 0,
        reopen,
        response: (id) => driver.readResponse(id),
        close: async () => {},
      };
    },
  };
}

function brokenStores(breakIt: (store: MemoryStore) => Partial<WorkflowStore>): StoreContext {
  return {
    async open({ clock } = {}) {
      const store = memoryStore(clock === undefined ? {} : { clock });
      const broken = breaking<WorkflowStore>(store, breakIt(store));
      return { store: broken, reopen: async () => broken };
    },
  };
}

/** Whether a case fails; one that does not end counts. */
async function fails<Context>(
  cases: readonly ConformanceCase<Context>[],
  id: string,
  context: Context,
): Promise<boolean> {
  const late = new Promise<true>((resolve) => setTimeout(() => resolve(true), 200));
  const done = cases.find((one) => one.id === id)?.run(context);
  return Promise.race([
    late,
    done?.then(
      () => false,
      () => true,
    ) ?? false,
  ]);
}

const torn = (driver: EngineDriver): Partial<EngineDriver> => ({
  commit: async (batch: CommitBatch) => {
    await driver.commit({ ...batch, puts: [], send: [], consume: [] });
    await driver.commit({ ...batch, expectedRevision: batch.expectedRevision + 1 });
  },
});
const unfenced = (driver: EngineDriver): Partial<EngineDriver> => ({
  commit: async (batch) =>
    driver.commit({ ...batch, epoch: 0, expectedRevision: (await driver.load())?.revision ?? 0 }),
});
const forgetful = (driver: EngineDriver): Partial<EngineDriver> => ({
  enqueueMessage: (message) => driver.enqueueMessage({ ...message, remember: false }),
});
const lastOut = (driver: EngineDriver): Partial<EngineDriver> => ({
  peekMessages: async (names, count) =>
    [...(await driver.peekMessages(names, 1_000))].reverse().slice(0, count),
});
const deaf: Partial<EngineDriver> = { waitForMessages: () => new Promise(() => {}) };

test.each([
  ["tears batches", torn, "batch-fence"],
  ["does not fence", unfenced, "bare-create-once"],
  ["forgets consumed ids", forgetful, "messages-remembered"],
  ["gives the newest message first", lastOut, "messages-fifo"],
  ["never ends a wait", () => deaf, "wait-message"],
] as const)("the suite finds a driver that %s", async (_, breakIt, id) => {
  expect(
    await fails(
      driverConformance,
      id,
      brokenDrivers(() => ({})),
    ),
  ).toBe(false);
  expect(await fails(driverConformance, id, brokenDrivers(breakIt))).toBe(true);
});

const withoutLooking = (store: MemoryStore): Partial<WorkflowStore> => ({
  driver: (claim) => {
    const driver = store.driver(claim);
    return breaking(driver, { commit: (batch) => driver.commit({ ...batch, wants: null }) });
  },
});
const lenient = (store: MemoryStore): Partial<WorkflowStore> => ({
  claim: (request) => {
    const { run } = request;
    return store.claim(run === undefined ? request : { ...request, run: { ...run, force: true } });
  },
});
const reviving = (): Partial<WorkflowStore> => ({
  renew: async (_, claims) =>
    claims.map(({ workflowId, epoch }) => ({ workflowId, epoch, held: true, pauseRequested: false })),
});
const uncounted = (store: MemoryStore): Partial<WorkflowStore> => ({
  driver: (claim) => {
    const driver = store.driver(claim);
    return breaking(driver, {
      load: async () => {
        const image = await driver.load();
        return image === null ? null : { ...image, claimsWithoutCommit: 1 };
      },
    });
  },
});
const anyRun = (store: MemoryStore): Partial<WorkflowStore> => ({
  create: (run, claim) => store.create({ ...run, fingerprint: "same" }, claim),
});

test.each([
  ["does not look again after parking", withoutLooking, "due-look-again"],
  ["hands out leased runs", lenient, "claim-live-lease"],
  ["revives expired leases", reviving, "lease-expired"],
  ["does not count starts", uncounted, "claim-budget"],
  ["takes any run for the same", anyRun, "create-conflict"],
] as const)("the suite finds a store that %s", async (_, breakIt, id) => {
  expect(
    await fails(
      storeConformance,
      id,
      brokenStores(() => ({})),
    ),
  ).toBe(false);
  expect(await fails(storeConformance, id, brokenStores(breakIt))).toBe(true);
});
