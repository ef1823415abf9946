import type { EngineDriver } from "./driver.ts";
import type { WorkflowStore } from "./store.ts";

/** Owns: what an object must be able to do to be taken for a driver or a store. */

type MethodsOf<Port> = Readonly<Record<Exclude<keyof Port, "limits">, true>>;

const driver: MethodsOf<EngineDriver> = {
  load: true,
  list: true,
  commit: true,
  applied: true,
  peekMessages: true,
  enqueueMessage: true,
  waitForMessages: true,
};

const store: MethodsOf<WorkflowStore> = {
  create: true,
  get: true,
  list: true,
  claim: true,
  renew: true,
  release: true,
  driver: true,
  enqueue: true,
  response: true,
  request: true,
  delete: true,
  wait: true,
  statistics: true,
  close: true,
};

export const DRIVER_METHODS: readonly string[] = Object.keys(driver);
export const STORE_METHODS: readonly string[] = Object.keys(store);
