import { UnserializableValueError } from "../model/errors/argument-errors.ts";
import { type BuiltInKind, builtInOf, isPlainArray, isPlainPrototype, ownClassName } from "./built-in.ts";
import { checkBuiltIn, type SharedBuffers } from "./built-in-checks.ts";
import { identityOf, isErrorObject, takeApart } from "./error-parts.ts";
import { formatPath, type PathSegment } from "./payload-path.ts";

/**
 * The full walk over a value that is not plain JSON: whether it can be stored exactly, and if not, where and why not.
 *
 * Owns: the rule of P8 for nested values. Does not own: the fast answer for JSON, and the bytes.
 *
 * Invariants
 * - P8: what passes comes back exactly. Frozenness and the realm of an object are not part of its value.
 * - Every failure, also a throwing getter or proxy trap, is an `UnserializableValueError` with the path.
 * - Depth is bounded, so that neither the encoder nor the decoder can exhaust the stack.
 */

/** How deep a value may be nested. */
export const MAX_PAYLOAD_DEPTH = 1_000;
/** How long an array with holes may be: a few bytes could otherwise claim four thousand million elements. */
export const MAX_SPARSE_LENGTH = 10_000_000;

interface Walk {
  readonly what: string;
  /** Where the walk is; left as it is when something throws, so that it names the place. */
  readonly path: PathSegment[];
  readonly seen: Set<object>;
  readonly buffers: SharedBuffers;
}

/** Throws `UnserializableValueError` unless `value` can be stored exactly. Returns what is known of its byte buffers. */
export function inspectPayload(value: unknown, what: string): SharedBuffers {
  const walk: Walk = { what, path: [], seen: new Set(), buffers: new Map() };
  try {
    visit(walk, value);
  } catch (error) {
    if (error instanceof Refusal)
      throw new UnserializableValueError(formatPath(what, walk.path), error.problem);
    throw new UnserializableValueError(formatPath(what, walk.path), "reading it failed", { cause: error });
  }
  return walk.buffers;
}

/** Ends the walk; the place is where it stands. Not an `Error`: its stack would cost and say nothing. */
class Refusal {
  readonly problem: string;

  constructor(problem: string) {
    this.problem = problem;
  }
}

function refuse(problem: string): never {
  throw new Refusal(problem);
}

function visitAt(walk: Walk, segment: PathSegment, value: unknown): void {
  walk.path.push(segment);
  visit(walk, value);
  walk.path.pop();
}

function visit(walk: Walk, value: unknown): void {
  if (typeof value === "function") refuse("it is a function");
  if (typeof value === "symbol") refuse("it is a symbol");
  if (typeof value === "object" && value !== null) visitObject(walk, value);
}

function visitObject(walk: Walk, value: object): void {
  if (walk.seen.has(value)) return;
  walk.seen.add(value);
  if (walk.path.length >= MAX_PAYLOAD_DEPTH)
    refuse(`it is nested more than ${MAX_PAYLOAD_DEPTH} levels deep`);
  if (Array.isArray(value)) visitArray(walk, value);
  else if (isErrorObject(value)) visitError(walk, value);
  else visitOther(walk, value);
}

function visitOther(walk: Walk, value: object): void {
  const kind = builtInOf(value);
  if (kind !== null) {
    visitBuiltIn(walk, kind, value);
    return;
  }
  const prototype: object | null = Object.getPrototypeOf(value);
  if (!isPlainPrototype(prototype)) refuse(describeInstance(value, prototype));
  visitPlain(walk, value);
}

function visitPlain(walk: Walk, value: object): void {
  for (const key of Reflect.ownKeys(value)) {
    walk.path.push(key);
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    checkProperty(key, descriptor);
    visit(walk, descriptor?.value);
    walk.path.pop();
  }
}

function checkProperty(key: string | symbol, descriptor: PropertyDescriptor | undefined): void {
  if (typeof key === "symbol") refuse("its key is a symbol");
  if (key === "__proto__") refuse('an own property "__proto__" is not safe to bring back');
  if (descriptor === undefined) refuse("the object lists it and does not have it");
  if (!("value" in descriptor)) refuse("it is an accessor (get or set), not a value");
  if (!descriptor.enumerable) refuse("it is not enumerable");
}

function visitArray(walk: Walk, value: readonly unknown[]): void {
  if (!isPlainArray(value)) refuse("it is an instance of a subclass of Array");
  const keys = Object.keys(value);
  refuseNamedExtras(walk, value, keys);
  if (keys.length === value.length) {
    for (let i = 0; i < value.length; i++) visitAt(walk, i, value[i]);
    return;
  }
  if (value.length > MAX_SPARSE_LENGTH) {
    refuse(`it is an array with holes of length ${value.length}, more than ${MAX_SPARSE_LENGTH}`);
  }
  for (const key of keys) visitAt(walk, Number(key), value[Number(key)]);
}

function refuseNamedExtras(walk: Walk, value: readonly unknown[], keys: readonly string[]): void {
  // Indices come first in the order of keys, so the last one tells.
  const last = keys.at(-1);
  const extra = last !== undefined && !isIndex(last) ? last : Object.getOwnPropertySymbols(value)[0];
  if (extra === undefined) return;
  walk.path.push(extra);
  refuse("arrays keep only their elements, not properties of their own");
}

function isIndex(key: string): boolean {
  const number = Number(key) >>> 0;
  return String(number) === key && number !== 0xffff_ffff;
}

function visitBuiltIn(walk: Walk, kind: BuiltInKind, value: object): void {
  if (kind === "Map") {
    let position = 0;
    for (const [key, item] of Map.prototype.entries.call(value)) {
      const simple = typeof key !== "object" || key === null;
      visitAt(walk, { method: "keys", at: position }, key);
      visitAt(walk, simple ? { method: "get", at: key } : { method: "values", at: position }, item);
      position++;
    }
  } else if (kind === "Set") {
    let position = 0;
    for (const item of Set.prototype.values.call(value))
      visitAt(walk, { method: "values", at: position++ }, item);
  }
  const problem = checkBuiltIn(kind, value, walk.buffers);
  if (problem !== null) refuse(problem);
}

function visitError(walk: Walk, error: object): void {
  for (const key of Reflect.ownKeys(error)) {
    const descriptor = Object.getOwnPropertyDescriptor(error, key);
    if (descriptor?.enumerable !== true) continue;
    walk.path.push(key);
    // A runtime may keep the stack as an accessor; an enumerable one is somebody's own.
    checkProperty(key, descriptor);
    walk.path.pop();
  }
  const parts = takeApart(error, identityOf(error), (from, key) => {
    walk.path.push(key);
    const value: unknown = Reflect.get(from, key);
    walk.path.pop();
    return value;
  });
  for (const properties of [parts.hidden, parts.data]) {
    for (const key of Object.keys(properties)) visitAt(walk, key, properties[key]);
  }
}

function describeInstance(value: object, prototype: object | null): string {
  if (typeof (value as { then?: unknown }).then === "function") return "it is a promise; await it first";
  const name = prototype === null ? "" : ownClassName(prototype);
  if (name === "Buffer") return "it is an instance of Buffer; make it a new Uint8Array(buffer)";
  return name === "" || name === "Object"
    ? "its prototype is not that of plain data"
    : `it is an instance of ${name}`;
}
