/** A name as error messages show it: quoted when it is a string, else as what it is. */
export function describeName(name: unknown): string {
  return typeof name === "string" && name.length <= 60 ? JSON.stringify(name) : describe(name);
}

const LONG_BIGINT = 10n ** 40n;

/** A value as error messages show it: short, with its type, never throwing. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "undefined";
    case "string":
      return value.length > 60
        ? `${JSON.stringify(value.slice(0, 60))}… (string of ${value.length})`
        : `${JSON.stringify(value)} (string)`;
    case "number":
      return `${Object.is(value, -0) ? "-0" : value} (number)`;
    case "bigint":
      return value < LONG_BIGINT && value > -LONG_BIGINT ? `${value}n (bigint)` : "a long bigint";
    case "boolean":
      return `${value} (boolean)`;
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    default:
      return describeObject(value as object | null);
  }
}

function describeObject(value: object | null): string {
  if (value === null) return "null";
  try {
    if (Array.isArray(value)) return `an array of ${value.length}`;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
    const name = Object.getPrototypeOf(value)?.constructor?.name;
    return typeof name === "string" && name !== "Object" && name !== "" ? `an object (${name})` : "an object";
  } catch {
    return "an object";
  }
}
