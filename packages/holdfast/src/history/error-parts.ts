import { HoldfastError } from "../model/errors/holdfast-error.ts";
import { errorClassOf } from "../model/errors/registry.ts";
import { ownClassName, tagOf } from "./built-in.ts";

/**
 * Errors taken apart into plain data and put together again.
 *
 * Owns: what of an error is kept. Does not own: whether a part can be stored, and the bytes.
 *
 * Kept: name, message, stack, cause (also when it is present and undefined), `errors`, code, and all own enumerable data.
 * Not kept: the user's own class. An instance of one comes back as an instance of the nearest built-in class with the same
 * name; the library's classes come back as themselves, found by code. Other non-enumerable properties are left out: runtimes
 * put their own marks there.
 *
 * No constructor of a user's or the library's class runs: an error is made by the built-in `Error` with another class's
 * prototype, so it is a real error to the runtime, and its properties are defined, never assigned.
 */

/** An error as plain data. Only own definition, never assignment, has put the keys there. */
export interface ErrorParts {
  /** The nearest built-in class. */
  readonly type: string;
  /** The code of the library's class, when it is one. */
  readonly holdfast?: string;
  /** Properties that are not enumerable, as on most errors message, stack and cause are. */
  readonly hidden: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Which class an error comes back as. */
export type ErrorIdentity = Pick<ErrorParts, "type" | "holdfast">;

/** Returned by a reader for a property that is to be left out. */
export const LEFT_OUT: unique symbol = Symbol("left out");

/** Reads one property of an error; may convert it, or leave it out. */
export type PropertyReader = (error: object, key: string) => unknown;

const HIDDEN_KEYS = ["name", "message", "code", "stack", "cause", "errors", "error", "suppressed"] as const;
/** Properties that classes may keep on their prototype, where they would be lost with the class. */
const INHERITED_KEYS: ReadonlySet<string> = new Set(["name", "message", "code", "stack"]);

/** A class, of which only the prototype is used: constructors do not run. */
interface ErrorConstructorLike {
  readonly prototype: object;
}

/** Missing in some runtimes; such errors come back as plain ones there. */
declare const SuppressedError: ErrorConstructorLike | undefined;

const builtInErrors: ReadonlyMap<string, ErrorConstructorLike> = new Map<string, ErrorConstructorLike>([
  ["Error", Error],
  ["TypeError", TypeError],
  ["RangeError", RangeError],
  ["SyntaxError", SyntaxError],
  ["ReferenceError", ReferenceError],
  ["EvalError", EvalError],
  ["URIError", URIError],
  ["AggregateError", AggregateError],
  ...(typeof DOMException === "undefined" ? [] : [["DOMException", DOMException] as const]),
  ...(typeof SuppressedError === "undefined" ? [] : [["SuppressedError", SuppressedError] as const]),
]);

/** Whether `value` is an error, of any realm. Throws what a proxy's traps throw. */
export function isErrorObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof Error || tagOf(value) === "Error";
}

/** Which class an error comes back as. */
export function identityOf(error: object): ErrorIdentity {
  const code = HoldfastError.is(error) ? registeredCode(error) : undefined;
  const type = builtInTypeOf(error);
  return code === undefined ? { type } : { type, holdfast: code };
}

/** Takes an error apart; `read` is asked for each property that is kept. */
export function takeApart(error: object, identity: ErrorIdentity, read: PropertyReader): ErrorParts {
  const enumerable = Object.keys(error);
  const isData = new Set(enumerable);
  const { prototype } = classOf(identity);
  const hidden: [string, unknown][] = [];
  for (const key of HIDDEN_KEYS) {
    if (isData.has(key)) continue;
    if (!Object.hasOwn(error, key)) {
      if (!INHERITED_KEYS.has(key) || isInheritedFrom(prototype, key, error)) continue;
    }
    const value = read(error, key);
    if (value !== LEFT_OUT) hidden.push([key, value]);
  }
  const data: [string, unknown][] = [];
  for (const key of enumerable) {
    const value = read(error, key);
    if (value !== LEFT_OUT) data.push([key, value]);
  }
  return { ...identity, hidden: Object.fromEntries(hidden), data: Object.fromEntries(data) };
}

/** An error of the right class without its properties: they may refer back to it, so it has to exist before them. */
export function createShell(identity: ErrorIdentity): Error {
  return Reflect.construct(Error, [], classOf(identity) as NewableFunction) as Error;
}

/** Gives a shell its properties. */
export function fillShell(shell: Error, parts: ErrorParts): void {
  // The runtime's own stack is that of the decoder; the stored one takes its place, or none.
  Reflect.deleteProperty(shell, "stack");
  for (const key of Object.keys(parts.hidden)) define(shell, key, parts.hidden[key], false);
  for (const key of Object.keys(parts.data)) define(shell, key, parts.data[key], true);
}

/** Whether decoded data is an error taken apart; bytes that were tampered with can hold anything. */
export function isErrorParts(value: unknown): value is ErrorParts {
  if (typeof value !== "object" || value === null) return false;
  const { type, holdfast, hidden, data } = value as { readonly [Key in keyof ErrorParts]?: unknown };
  if (typeof type !== "string" || (holdfast !== undefined && typeof holdfast !== "string")) return false;
  if (!isRecord(hidden) || !isRecord(data)) return false;
  const allowed: readonly string[] = HIDDEN_KEYS;
  return Object.keys(hidden).every((key) => allowed.includes(key));
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function define(target: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}

function isInheritedFrom(prototype: object, key: string, error: object): boolean {
  let inherited: unknown;
  try {
    inherited = Reflect.get(prototype, key);
  } catch {
    // Accessors that want a real instance, as DOMException has.
  }
  try {
    return Reflect.get(error, key) === inherited;
  } catch {
    return false;
  }
}

/** The nearest class with a code that this copy of the library knows. */
function registeredCode(error: object): string {
  for (
    let proto: object | null = Object.getPrototypeOf(error);
    proto !== null;
    proto = Object.getPrototypeOf(proto)
  ) {
    const owner: unknown = Object.getOwnPropertyDescriptor(proto, "constructor")?.value;
    const code: unknown = typeof owner === "function" ? Reflect.get(owner, "code") : undefined;
    if (typeof code === "string" && errorClassOf(code) !== undefined) return code;
  }
  return HoldfastError.code;
}

function builtInTypeOf(error: object): string {
  for (
    let proto: object | null = Object.getPrototypeOf(error);
    proto !== null;
    proto = Object.getPrototypeOf(proto)
  ) {
    for (const [name, { prototype }] of builtInErrors) if (prototype === proto) return name;
    // Another realm's class: only the name tells.
    const name = ownClassName(proto);
    if (builtInErrors.has(name) && Object.hasOwn(proto, "name")) return name;
  }
  return "Error";
}

function classOf({ type, holdfast }: ErrorIdentity): ErrorConstructorLike {
  if (holdfast !== undefined) return errorClassOf(holdfast) ?? HoldfastError;
  return builtInErrors.get(type) ?? Error;
}
