import { type MemoryDriver, type MemoryStore, memoryDriver, memoryStore } from "../../src/memory.ts";
import type { EngineDriver } from "../../src/storage/driver.ts";
import type { WorkflowStore } from "../../src/storage/store.ts";
import type { ConformanceCase } from "../../src/testing/conformance/conformance-case.ts";
import type { DriverContext } from "../../src/testing/conformance/driver-context.ts";
import type { StoreContext } from "../../src/testing/conformance/store-context.ts";
import { memoryDamage } from "./damages.ts";

/** An object that behaves as `target` except for what `broken` replaces. */
export function breaking<Target extends object>(target: Target, broken: Partial<Target>): Target {
  return new Proxy(target, {
    get: (_, name) => {
      const from = name in broken ? broken : target;
      const value = Reflect.get(from, name, from) as unknown;
      return typeof value === "function" ? value.bind(from) : value;
    },
  });
}

/** What is broken of a driver; `response` stands beside the port. */
export type BrokenDriver = Partial<EngineDriver> & Partial<Pick<MemoryDriver, "readResponse">>;
export type BreakDriver = (driver: MemoryDriver) => BrokenDriver;
export type BreakStore = (store: MemoryStore) => Partial<WorkflowStore>;

/** Drivers in memory that are broken in one way. */
export function brokenDrivers(breakIt: BreakDriver): DriverContext {
  return {
    async open({ queuedMessages, driverLimits = {} } = {}) {
      const workflowId = "run under test";
      const limits = queuedMessages === undefined ? {} : { queuedMessages };
      const driver = memoryDriver({ workflowId, limits, driverLimits });
      const brokenOf = (one: MemoryDriver) => breaking<MemoryDriver>(one, breakIt(one));
      const broken = brokenOf(driver);
      const copy = async () => {
        const copied = memoryDriver({ workflowId, limits, driverLimits });
        copied.restore(driver.dump());
        return brokenOf(copied);
      };
      return {
        driver: broken,
        workflowId,
        epoch: 0,
        reopen: copy,
        crash: copy,
        damage: memoryDamage(driver),
        second: async () => brokenOf(driver),
        response: (id) => broken.readResponse(id),
        close: async () => {},
        transactions: () => driver.stats.transactions,
      };
    },
  };
}

/** Stores in memory that are broken in one way. */
export function brokenStores(breakIt: BreakStore): StoreContext {
  return {
    async open({ clock, queuedMessages } = {}) {
      const limits = queuedMessages === undefined ? {} : { queuedMessages };
      const options = { limits, ...(clock === undefined ? {} : { clock }) };
      const store = memoryStore(options);
      const brokenOf = (one: MemoryStore) => breaking<WorkflowStore>(one, breakIt(one));
      const copy = async () => {
        const copied = memoryStore(options);
        copied.restore(store.dump());
        return brokenOf(copied);
      };
      return {
        store: brokenOf(store),
        reopen: copy,
        crash: copy,
        damage: memoryDamage(store),
        second: async () => brokenOf(store),
        transactions: () => store.stats.transactions,
      };
    },
  };
}

/** Whether a case fails; one that does not end counts. */
export async function fails<Context>(
  cases: readonly ConformanceCase<Context>[],
  id: string,
  context: Context,
): Promise<boolean> {
  const found = cases.find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no case ${id}.`);
  let cancel = (): void => {};
  const late = new Promise<true>((resolve) => {
    const timer = setTimeout(() => resolve(true), 2_000);
    cancel = () => clearTimeout(timer);
  });
  const done = found.run(context).then(
    () => false,
    () => true,
  );
  return Promise.race([late, done]).finally(cancel);
}
