import { StorageError } from "holdfast";

type Call = (...parameters: unknown[]) => unknown;

/** Calls of a store: its methods, and those of its drivers as `driver.commit` and so on. */
export type Intercept = (method: string, go: () => unknown) => unknown;

/** A store, or a driver, of which every asynchronous call goes through `intercept`. */
export function interceptedStore<Store extends object>(store: Store, intercept: Intercept): Store {
  return wrapped(store, "", intercept);
}

function wrapped<T extends object>(target: T, prefix: string, intercept: Intercept): T {
  return new Proxy(target, {
    get: (_target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      const call: Call = (...parameters) => (value as Call).apply(target, parameters);
      if (key === "driver")
        return (...parameters: unknown[]) => wrapped(call(...parameters) as object, "driver.", intercept);
      return (...parameters: unknown[]) => intercept(`${prefix}${String(key)}`, () => call(...parameters));
    },
  });
}

/** A storage that cannot be written now. */
export function diskFull(): StorageError {
  return new StorageError("disk full", { outcome: "not-applied", retryable: true });
}
