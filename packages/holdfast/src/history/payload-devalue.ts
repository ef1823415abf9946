import { defaultParseOperations, defaultStringifyOperations, stringify, unflatten } from "devalue";
import { CorruptionError } from "../model/errors/history-errors.ts";
import { keepsWholeBuffer, type SharedBuffers } from "./built-in-checks.ts";
import {
  createShell,
  type ErrorParts,
  fillShell,
  identityOf,
  isErrorObject,
  isErrorParts,
  takeApart,
} from "./error-parts.ts";
import { parseJson } from "./parse-json.ts";
import { isTooDeepFlat } from "./payload-flat.ts";
import { MAX_SPARSE_LENGTH } from "./payload-walk.ts";

/**
 * Values beyond JSON as text, by the library `devalue`, which keeps shared references and cycles.
 *
 * Owns: what is added to it: errors, the position of regular expressions, views without foreign bytes, and definition
 * instead of assignment. Does not own: whether a value can be stored (it was inspected before).
 *
 * Decoding builds data only. The revivers below are the only ones, and none runs code that the data names.
 */

/** Custom types by the tag that stands in the text. The tags are part of the stored format: never rename one. */
const ERROR_TAG = "Error";
const REGEXP_TAG = "RegExpAt";

/** Levels of the text that one level of a value takes at most: an error, its parts, and one group of them. */
const FLAT_LEVELS = 3;

type Reducers = Record<string, (value: unknown) => unknown>;

const reducers: Reducers = {
  [ERROR_TAG]: (value) => isErrorObject(value) && takeApart(value, identityOf(value), Reflect.get),
  [REGEXP_TAG]: (value) =>
    value instanceof RegExp &&
    value.lastIndex !== 0 && { source: value.source, flags: value.flags, lastIndex: value.lastIndex },
};

/** The text of an inspected value. `buffers` is what the inspection found. */
export function toDevalue(value: unknown, buffers: SharedBuffers): string {
  if (buffers.size === 0) return stringify(value, reducers);
  return stringify(value, reducers, {
    operations: { viewInfo: (view: ArrayBufferView) => viewInfo(view, buffers) },
  });
}

function viewInfo(view: ArrayBufferView, buffers: SharedBuffers) {
  if (keepsWholeBuffer(view, buffers)) return defaultStringifyOperations.viewInfo(view);
  const { byteLength, byteOffset } = view;
  return {
    buffer: view.buffer.slice(byteOffset, byteOffset + byteLength),
    byteOffset: 0,
    byteLength,
    bufferByteLength: byteLength,
  };
}

/** The value of such a text. Throws errors of any kind for text that `toDevalue` does not write. */
export function fromDevalue(text: string, maxDepth: number): unknown {
  const flat = parseJson(text) as number | unknown[];
  if (isTooDeepFlat(flat, maxDepth * FLAT_LEVELS)) throw corrupt("a payload is nested too deep");
  const shells = new Map<object, Error>();
  const value: unknown = unflatten(
    flat,
    {
      [ERROR_TAG]: (parts: unknown) => shellOf(shells, parts),
      [REGEXP_TAG]: reviveRegExp,
    },
    { operations: parseOperations },
  );
  // Only now are the parts complete: an error can be part of its own parts.
  for (const [parts, shell] of shells) {
    if (!isErrorParts(parts)) throw corrupt("an error is not whole");
    fillShell(shell, parts);
  }
  return value;
}

/** One shell for each error, however often it is referred to. */
function shellOf(shells: Map<object, Error>, parts: unknown): Error {
  const { type, holdfast } = parts as Partial<ErrorParts>;
  if (typeof parts !== "object" || parts === null || typeof type !== "string")
    throw corrupt("an error has no type");
  const known = shells.get(parts);
  if (known !== undefined) return known;
  const shell = createShell(typeof holdfast === "string" ? { type, holdfast } : { type });
  shells.set(parts, shell);
  return shell;
}

function reviveRegExp(data: unknown): RegExp {
  const { source, flags, lastIndex } = data as { source?: unknown; flags?: unknown; lastIndex?: unknown };
  if (typeof source !== "string" || typeof flags !== "string" || !Number.isSafeInteger(lastIndex)) {
    throw corrupt("a regular expression is not whole");
  }
  const revived = new RegExp(source, flags);
  revived.lastIndex = lastIndex as number;
  return revived;
}

const parseOperations = {
  /** Own definition, never assignment through a prototype (which also fails where prototypes are frozen). */
  set(target: object, key: string | number, value: unknown): void {
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  },
  createSparseArray(length: number): unknown[] {
    if (length > MAX_SPARSE_LENGTH) throw corrupt("an array claims too many elements");
    return defaultParseOperations.createSparseArray(length);
  },
  box(): never {
    throw corrupt("objects around primitives are never stored");
  },
};

function corrupt(problem: string): CorruptionError {
  return new CorruptionError("payload", "", problem);
}
