import type { EngineDriver } from "../src/storage/driver.ts";

/** The storage, but for how its queue is read. */
export function peekingDriver(
  storage: EngineDriver,
  peekMessages: EngineDriver["peekMessages"],
): EngineDriver {
  return new Proxy(storage, {
    get(_, key) {
      if (key === "peekMessages") return peekMessages;
      const value: unknown = Reflect.get(storage, key);
      return typeof value === "function" ? value.bind(storage) : value;
    },
  });
}
