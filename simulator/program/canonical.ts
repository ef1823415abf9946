import { createHash } from "node:crypto";
import { HoldfastError } from "#holdfast/model/errors/holdfast-error.ts";

/** Longer strings and byte sequences are told by their length and a hash. */
const LONGEST_TEXT = 1_000;

/**
 * Any value as text. Equal texts mean deeply equal values, types included: `-0` is not `0`, a `Map` is not an object, an
 * absent key is not one with `undefined`. The order of keys counts in `Map` and `Set` alone. Of an error it tells name,
 * code, message, cause, inner errors and own data, but no stack. Never throws.
 */
export function canonicalText(value: unknown): string {
  return textOf(value, []);
}

/** A short text that differs for different texts. */
export function digestOf(text: string): string {
  return createHash("sha256").update(JSON.stringify(text)).digest("hex").slice(0, 32);
}

function textOf(value: unknown, around: readonly object[]): string {
  switch (typeof value) {
    case "string":
      return stringText(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return shortened(`${value}n`, "bigint");
    case "symbol":
      return `symbol(${JSON.stringify(value.description)})`;
    case "function":
      return "function";
    case "object":
      return value === null ? "null" : objectText(value, around);
    default:
      return String(value);
  }
}

function stringText(text: string): string {
  return shortened(JSON.stringify(text), "string");
}

function shortened(text: string, type: string): string {
  return text.length <= LONGEST_TEXT ? text : `${type}(${text.length}, ${digestOf(text)})`;
}

/** Objects of hostile code throw from anywhere when they are looked at. */
function objectText(object: object, around: readonly object[]): string {
  const depth = around.indexOf(object);
  if (depth !== -1) return `cycle(${around.length - depth})`;
  const inside = [...around, object];
  try {
    return builtInText(object, inside) ?? plainText(object, inside);
  } catch {
    return "unreadable";
  }
}

function builtInText(object: object, inside: readonly object[]): string | null {
  if (Array.isArray(object)) return `[${arrayTexts(object, inside).join(", ")}]`;
  if (object instanceof Error) return errorText(object, inside);
  if (object instanceof Date) return `Date(${object.getTime()})`;
  if (object instanceof Map) {
    const pairs = [...object].map(([key, item]) => `${textOf(key, inside)} => ${textOf(item, inside)}`);
    return `Map(${pairs.join(", ")})`;
  }
  if (object instanceof Set) return `Set(${[...object].map((item) => textOf(item, inside)).join(", ")})`;
  if (ArrayBuffer.isView(object)) return viewText(object);
  if (object instanceof ArrayBuffer) return `ArrayBuffer(${bytesText(new Uint8Array(object))})`;
  if (object instanceof URL) return `URL(${stringText(object.href)})`;
  if (object instanceof RegExp) return `RegExp(${stringText(String(object))})`;
  return null;
}

function arrayTexts(array: readonly unknown[], inside: readonly object[]): string[] {
  return Array.from({ length: array.length }, (_, index) =>
    index in array ? textOf(array[index], inside) : "hole",
  );
}

function viewText(view: ArrayBufferView): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return `${view.constructor.name}(${bytesText(bytes)})`;
}

function bytesText(bytes: Uint8Array): string {
  return shortened(Buffer.from(bytes).toString("hex"), "bytes");
}

function plainText(object: object, inside: readonly object[]): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  const type = prototype === Object.prototype ? "" : prototype === null ? "null" : object.constructor.name;
  return `${type}{${pairTexts(object, Object.keys(object), inside).join(", ")}}`;
}

function errorText(error: Error, inside: readonly object[]): string {
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown };
  const parts = [
    textOf(error.name, inside),
    textOf((error as { readonly code?: unknown }).code, inside),
    textOf(error.message, inside),
  ];
  if (Object.hasOwn(error, "cause")) parts.push(`cause: ${textOf(cause, inside)}`);
  if (Object.hasOwn(error, "errors")) parts.push(`errors: ${textOf(errors, inside)}`);
  const own = Object.keys(error).filter((key) => !ERROR_KEYS.has(key));
  if (own.length > 0) parts.push(`{${pairTexts(error, own, inside).join(", ")}}`);
  return `${HoldfastError.is(error) ? "HoldfastError" : "Error"}(${parts.join(", ")})`;
}

const ERROR_KEYS: ReadonlySet<string> = new Set(["name", "message", "code", "cause", "errors", "stack"]);

function pairTexts(object: object, keys: readonly string[], inside: readonly object[]): string[] {
  return [...keys].sort().map((key) => `${JSON.stringify(key)}: ${propertyText(object, key, inside)}`);
}

function propertyText(object: object, key: string, inside: readonly object[]): string {
  let value: unknown;
  try {
    value = Reflect.get(object, key);
  } catch {
    return "unreadable";
  }
  return textOf(value, inside);
}
