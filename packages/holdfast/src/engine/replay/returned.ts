import { UnserializableValueError } from "../../model/errors/argument-errors.ts";

/**
 * What a function of the user's returned, to be awaited. One that cannot even be asked whether it is a promise, such as a
 * revoked proxy, cannot be stored either, however often it is tried.
 * @throws UnserializableValueError
 */
export function returned<Value>(value: Value, what: () => string): Value {
  if (typeof value !== "object" || value === null) return value;
  try {
    Reflect.get(value, "then");
    return value;
  } catch (cause) {
    throw new UnserializableValueError(what(), "it cannot be looked at", { cause });
  }
}
