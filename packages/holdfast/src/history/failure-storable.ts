import { describe } from "../model/describe.ts";
import { builtInOf, isPlainPrototype } from "./built-in.ts";
import {
  createShell,
  type ErrorIdentity,
  fillShell,
  identityOf,
  isErrorObject,
  LEFT_OUT,
  takeApart,
} from "./error-parts.ts";
import { inspectPayload } from "./payload-walk.ts";

/**
 * A storable likeness of anything that can be thrown. A failure must always be storable: here, unlike in payloads, what
 * cannot be stored is replaced by its description or left out, and what is too large is cut with a note.
 *
 * Owns: what is kept of a failure. Does not own: the bytes and their limit.
 *
 * Invariants
 * - Never throws, whatever getters, traps and missing prototypes do.
 * - Idempotent: the likeness of a likeness is equal to it. Therefore a cut leaves a result that is not cut again.
 */

/** How much is kept. */
export interface Keep {
  readonly messageLength: number;
  readonly stackLength: number;
  /** Of an error in an error: how long its message and stack may be, or its description where that is all that is kept. */
  readonly nestedLength: number;
  /** Length of other strings. */
  readonly textLength: number;
  /** How many errors may be nested in an error: causes of causes, errors of a join. */
  readonly errorDepth: number;
  /** How many properties of an error's own data. */
  readonly keys: number;
  /** How many items of a list, and how many properties of an object, that an error holds. */
  readonly items: number;
  /** Whether an error's data is kept whole, or only what is a short primitive, and the errors that it gathers. */
  readonly data: "all" | "primitives";
}

const MAX_NAME = 256;
const MAX_ITEMS = 1_000;
const MAX_DEPTH = 64;
const MAX_OBJECTS = 10_000;
const MAX_BINARY = 16 * 1024;
const MAX_PRIMITIVE = 256;
const MAX_BIGINT = 2n ** 4096n;

interface Copier {
  readonly keep: Keep;
  /** Copies by original: repeated references and cycles stay what they are. */
  readonly copies: Map<object, unknown>;
  /** Characters that may still be kept; below zero the likeness is given up. */
  room: number;
}

/** Where a value stands. */
interface Place {
  readonly depth: number;
  readonly errorDepth: number;
}

/** The likeness of `thrown`; null when it takes more than about `room` characters. */
export function storableLikeness(
  thrown: unknown,
  keep: Keep,
  room: number,
): { readonly value: unknown } | null {
  const copier: Copier = { keep, copies: new Map(), room };
  const copied = copyValue(copier, thrown, { depth: 0, errorDepth: 0 }, keep.messageLength);
  if (copier.room < 0) return null;
  return { value: copied === LEFT_OUT ? describe(thrown) : copied };
}

/** Runs `read`, and gives `otherwise` when it throws. */
export function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** Text of at most `length` characters, with a note where it was cut. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const note = `… [cut: ${text.length} characters in all]`;
  let end = length - note.length;
  const last = text.charCodeAt(end - 1);
  // Do not leave half of a surrogate pair.
  if (last >= 0xd800 && last <= 0xdbff) end--;
  return text.slice(0, end) + note;
}

function copyValue(copier: Copier, value: unknown, place: Place, textLength: number): unknown {
  copier.room -= 8;
  switch (typeof value) {
    case "string":
      return copyText(copier, value, textLength);
    case "bigint":
      return value < MAX_BIGINT && value > -MAX_BIGINT ? value : "a bigint of more than 4096 bits";
    case "function":
    case "symbol":
      return LEFT_OUT;
    case "object":
      return value === null ? null : copyObject(copier, value, place);
    default:
      return value;
  }
}

function copyText(copier: Copier, text: string, length: number): string {
  const kept = cutText(text, length);
  copier.room -= kept.length;
  return kept;
}

function copyObject(copier: Copier, value: object, place: Place): unknown {
  if (copier.copies.has(value)) return copier.copies.get(value);
  if (copier.room < 0 || copier.copies.size >= MAX_OBJECTS || place.depth >= MAX_DEPTH)
    return describeShort(value);
  try {
    return copyKnown(copier, value, { ...place, depth: place.depth + 1 });
  } catch {
    // A trap or an accessor of the object itself, not of one of its properties.
    const likeness = attempt(() => unreadableError(value), null) ?? describeShort(value);
    copier.copies.set(value, likeness);
    return likeness;
  }
}

function copyKnown(copier: Copier, value: object, place: Place): unknown {
  if (isErrorObject(value)) return copyError(copier, value, place);
  if (Array.isArray(value)) return copyArray(copier, value, place);
  const kind = builtInOf(value);
  if (kind === "Map") return copyMap(copier, value as Map<unknown, unknown>, place);
  if (kind === "Set") return copySet(copier, value as Set<unknown>, place);
  if (kind !== null) return copyBuiltIn(copier, value);
  const prototype: object | null = Object.getPrototypeOf(value);
  return isPlainPrototype(prototype) ? copyPlain(copier, value, place) : describeShort(value);
}

function copyError(copier: Copier, error: object, place: Place): unknown {
  const { keep } = copier;
  if (place.errorDepth >= keep.errorDepth)
    return describeError(error, Math.min(MAX_PRIMITIVE, keep.nestedLength));
  const identity: ErrorIdentity = identityOf(error);
  const shell = createShell(identity);
  copier.copies.set(error, shell);
  const inner: Place = { ...place, errorDepth: place.errorDepth + 1 };
  let keysLeft = keep.keys;
  const parts = takeApart(error, identity, (from, key) => {
    if (key === "__proto__") return LEFT_OUT;
    const value = attempt(() => Reflect.get(from, key) as unknown, LEFT_OUT);
    const textLength = textLengthOf(keep, key, place.errorDepth > 0);
    if (keep.data === "primitives" && !staysWithoutData(key, value)) return LEFT_OUT;
    if (textLength === null && keysLeft-- <= 0) return LEFT_OUT;
    copier.room -= key.length;
    return copyValue(copier, value, inner, textLength ?? keep.textLength);
  });
  fillShell(shell, parts);
  return shell;
}

/** The limit of the properties that every error has; null for all others. */
function textLengthOf(keep: Keep, key: string, nested: boolean): number | null {
  const most = nested ? keep.nestedLength : Number.POSITIVE_INFINITY;
  switch (key) {
    case "name":
    case "code":
      return MAX_NAME;
    case "message":
      return Math.min(keep.messageLength, most);
    case "stack":
      return Math.min(keep.stackLength, most);
    case "cause":
      return keep.textLength;
    default:
      return null;
  }
}

/** Whether a property is kept when data is not: what identifies the error, and the errors that caused it. */
function staysWithoutData(key: string, value: unknown): boolean {
  if (key === "cause" && attempt(() => isErrorObject(value), false)) return true;
  if (key === "errors") return true;
  if (typeof value === "string")
    return key === "message" || key === "stack" || key.length + value.length <= MAX_PRIMITIVE;
  return (
    typeof value !== "bigint" && (typeof value !== "object" || value === null) && key.length <= MAX_PRIMITIVE
  );
}

function mostItems({ keep }: Copier, { errorDepth }: Place): number {
  return errorDepth > 0 ? keep.items : MAX_ITEMS;
}

function copyArray(copier: Copier, array: readonly unknown[], place: Place): unknown[] {
  const copy: unknown[] = [];
  copier.copies.set(array, copy);
  // One more than the limit stands as it is: the note takes one place, and a cut array is not cut again.
  const most = mostItems(copier, place);
  const kept = array.length > most + 1 ? most : array.length;
  for (let i = 0; i < kept && copier.room >= 0; i++) {
    const value = attempt(() => array[i], "a value that cannot be read");
    copy.push(copyItem(copier, value, place));
  }
  if (kept < array.length) copy.push(`… [cut: ${array.length} items in all]`);
  return copy;
}

function copyItem(copier: Copier, value: unknown, place: Place): unknown {
  const copied = copyValue(copier, value, place, copier.keep.textLength);
  return copied === LEFT_OUT ? describeShort(value) : copied;
}

function copyMap(copier: Copier, map: ReadonlyMap<unknown, unknown>, place: Place): Map<unknown, unknown> {
  const copy = new Map<unknown, unknown>();
  copier.copies.set(map, copy);
  const most = mostItems(copier, place);
  for (const [key, value] of Map.prototype.entries.call(map)) {
    if (copy.size >= most || copier.room < 0) break;
    copy.set(copyItem(copier, key, place), copyItem(copier, value, place));
  }
  return copy;
}

function copySet(copier: Copier, set: ReadonlySet<unknown>, place: Place): Set<unknown> {
  const copy = new Set<unknown>();
  copier.copies.set(set, copy);
  const most = mostItems(copier, place);
  for (const value of Set.prototype.values.call(set)) {
    if (copy.size >= most || copier.room < 0) break;
    copy.add(copyItem(copier, value, place));
  }
  return copy;
}

function copyPlain(copier: Copier, object: object, place: Place): object {
  const copy: object = Object.getPrototypeOf(object) === null ? Object.create(null) : {};
  copier.copies.set(object, copy);
  const most = mostItems(copier, place);
  let kept = 0;
  for (const key of Object.keys(object)) {
    if (key === "__proto__") continue;
    if (kept >= most || copier.room < 0) break;
    const value = attempt(() => Reflect.get(object, key) as unknown, LEFT_OUT);
    const copied = copyValue(copier, value, place, copier.keep.textLength);
    if (copied === LEFT_OUT) continue;
    copier.room -= key.length;
    Object.defineProperty(copy, key, { value: copied, enumerable: true, writable: true, configurable: true });
    kept++;
  }
  return copy;
}

/** Dates, addresses, bytes: kept as they are when they can be stored and are small. */
function copyBuiltIn(copier: Copier, value: object): unknown {
  const size =
    ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? value.byteLength : String(value).length;
  if (size > MAX_BINARY) return describeShort(value);
  inspectPayload(value, "failure");
  copier.room -= size * 2;
  copier.copies.set(value, value);
  return value;
}

function describeShort(value: unknown): string {
  return attempt(() => cutText(describe(value), MAX_PRIMITIVE), "an object that cannot be read");
}

function describeError(error: object, length: number): string {
  const { name, message } = error as { name?: unknown; message?: unknown };
  return cutText(`${String(name)}: ${String(message)}`, length);
}

/** What can be told of an error whose properties cannot be listed. */
function unreadableError(value: object): Error | null {
  if (!isErrorObject(value)) return null;
  const shell = createShell({ type: "Error" });
  const message = attempt(() => Reflect.get(value, "message") as unknown, undefined);
  const hidden = {
    message: typeof message === "string" ? cutText(message, MAX_PRIMITIVE) : "an error that cannot be read",
  };
  fillShell(shell, { type: "Error", hidden, data: {} });
  return shell;
}
