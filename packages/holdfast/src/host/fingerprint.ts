import { defaultCodec } from "../history/payload.ts";
import { UnserializableValueError } from "../model/errors/argument-errors.ts";
import { sha256 } from "./sha256.ts";

/**
 * Owns: what tells whether two starts of one workflow id ask for the same run.
 * Invariants: equal values have equal fingerprints, whatever the order of their keys, whether parts of them are one
 * object or equal ones, and however the codec encodes (an encrypting one never gives the same bytes twice).
 */

/** An input, and as it is encoded: for inputs that only the codec in use can encode. */
interface Input {
  readonly input: unknown;
  readonly encodedInput: Uint8Array;
}

/** What a run is asked to be. */
export interface RunIdentity extends Input {
  readonly workflowId: string;
  readonly workflowName: string;
  /** The input before the workflow's schema. @default the same */
  readonly given?: Input;
}

/** 128 bits in hexadecimal. */
const DIGITS = 32;

/**
 * The digest of workflow and input; where the schema makes another input of what was given, a slash and the digest of that: the
 * schema may give another one next time, with the time in it or in newer code. The workflow id is part of it, so that equal
 * inputs of different runs do not show as equal in the storage.
 */
export function fingerprintOf(identity: RunIdentity): string {
  const stored = digestOf(identity, identity);
  const given = identity.given === undefined ? stored : digestOf(identity, identity.given);
  return given === stored ? stored : `${stored}/${given}`;
}

function digestOf({ workflowId, workflowName }: RunIdentity, of: Input): string {
  const names = new TextEncoder().encode(JSON.stringify([workflowId, workflowName]));
  const input = inputBytes(of);
  const bytes = new Uint8Array(names.length + input.length);
  bytes.set(names);
  bytes.set(input, names.length);
  return sha256(bytes).slice(0, DIGITS);
}

function inputBytes({ input, encodedInput }: Input): Uint8Array {
  try {
    return defaultCodec.encode(new CanonicalCopy().of(input), "input");
  } catch (error) {
    if (UnserializableValueError.is(error)) return encodedInput;
    throw error;
  }
}

/** So many objects that are met again are copied again; what is shared beyond that stays shared. */
const REPEATS = 50_000;

/** A copy in which what makes no difference is the same: keys in order, nothing shared (but for what contains itself). */
class CanonicalCopy {
  readonly #copies: Map<object, object> = new Map();
  readonly #open: Set<object> = new Set();
  #repeats = REPEATS;

  of(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) {
      if (this.#open.has(value) || this.#repeats <= 0) return known;
      this.#repeats -= 1;
    }
    const copy = emptyLike(value);
    if (copy === null) return value;
    this.#copies.set(value, copy);
    this.#open.add(value);
    this.#fill(value, copy);
    this.#open.delete(value);
    return copy;
  }

  #fill(value: object, copy: object): void {
    if (value instanceof Map) {
      const entries = [...value].map(([key, item]) => [this.of(key), this.of(item)] as const);
      for (const [key, item] of inOrder(entries, ([key]) => key))
        (copy as Map<unknown, unknown>).set(key, item);
    } else if (value instanceof Set) {
      for (const item of inOrder(
        [...value].map((item) => this.of(item)),
        (item) => item,
      )) {
        (copy as Set<unknown>).add(item);
      }
    } else {
      for (const key of Object.keys(value).sort()) {
        const item = this.of((value as Record<string, unknown>)[key]);
        Object.defineProperty(copy, key, {
          value: item,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
    }
  }
}

/** An empty container of the same kind; null for what has no order to be put right. */
function emptyLike(value: object): object | null {
  if (Array.isArray(value)) return new Array(value.length);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Map.prototype) return new Map();
  if (prototype === Set.prototype) return new Set();
  if (prototype !== Object.prototype && prototype !== null) return null;
  // Symbols are refused by the codec: they must not get lost on the way to it.
  return Object.getOwnPropertySymbols(value).length > 0 ? null : Object.create(prototype);
}

/** Items by the encoding of their keys. */
function inOrder<Item>(items: readonly Item[], keyOf: (item: Item) => unknown): Item[] {
  const keyed = items.map((item) => ({ item, key: defaultCodec.encode(keyOf(item), "input").join() }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ item }) => item);
}
