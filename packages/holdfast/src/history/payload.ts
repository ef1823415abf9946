import { UnserializableValueError } from "../model/errors/argument-errors.ts";
import { CorruptionError } from "../model/errors/history-errors.ts";
import { parseJson } from "./parse-json.ts";
import { fromDevalue, toDevalue } from "./payload-devalue.ts";
import { hasProtoKey, isExactJson, isTooDeep } from "./payload-json.ts";
import { decodeText, encodeText } from "./payload-text.ts";
import { inspectPayload, MAX_PAYLOAD_DEPTH } from "./payload-walk.ts";

/**
 * Values as bytes: inputs, outputs, step results, loop states, message bodies.
 *
 * Owns: the format byte and which form a value takes. Does not own: size limits (the engine measures the bytes), and
 * damage that a checksum finds.
 *
 * Invariants
 * - P8: a value comes back exactly, or it is refused with the path; nothing is changed silently.
 * - P15: bytes that are not such a value are a `CorruptionError` of the kind "payload", and nothing else.
 * - Decoding runs no code of the data's choosing and assigns nothing through a prototype.
 *
 * The forms, all readable as text from SQL: `U` is undefined, the commonest result of a step. `J` and JSON, where a walk
 * shows that JSON is exact. `D` and devalue's text for the rest.
 */

/**
 * How values become bytes. The bytes of one value need not be the same each time (encryption), but `decode` must give
 * back exactly what `encode` was given, or `encode` must refuse it.
 */
export interface PayloadCodec {
  /**
   * The bytes of `value`. `what` is what errors call it, and the root of their paths: "output" in `output.items[3]`.
   * Throws `UnserializableValueError` for a value that would not come back exactly.
   */
  encode(value: unknown, what: string): Uint8Array | Promise<Uint8Array>;
  /** The value of bytes that `encode` made, or a promise of it. Throws `CorruptionError` for others. */
  decode(bytes: Uint8Array): unknown;
}

/** A codec that never waits. */
export interface SyncPayloadCodec extends PayloadCodec {
  encode(value: unknown, what: string): Uint8Array;
}

const UNDEFINED = 0x55;
const JSON_TEXT = 0x4a;
const DEVALUE_TEXT = 0x44;

/** The codec that is used unless another one is given. */
export const defaultCodec: SyncPayloadCodec = Object.freeze({ encode: encodePayload, decode: decodePayload });

/** Whether `value` is its own copy: nobody can change it, so what was stored need not be decoded to be handed out. */
export function isImmutablePrimitive(value: unknown): boolean {
  switch (typeof value) {
    case "object":
      return value === null;
    case "function":
    case "symbol":
      // Neither can be stored.
      return false;
    default:
      return true;
  }
}

const NOTHING = encodePayload(undefined, "nothing");

/** The same bytes: those of undefined, which most steps come to, are kept once for all that hold on to them. */
export function keptBytes(bytes: Uint8Array): Uint8Array {
  return bytes.length === 1 && bytes[0] === UNDEFINED ? NOTHING : bytes;
}

function encodePayload(value: unknown, what: string): Uint8Array {
  try {
    return encodePrimitive(value) ?? encodeJson(value) ?? encodeRich(value, what);
  } catch (cause) {
    if (cause instanceof UnserializableValueError) throw cause;
    const problem = "it changed while it was read, or takes more memory than there is";
    throw new UnserializableValueError(what, problem, { cause });
  }
}

/** Null for what is no primitive of JSON. */
function encodePrimitive(value: unknown): Uint8Array | null {
  switch (typeof value) {
    case "undefined":
      return Uint8Array.of(UNDEFINED);
    case "string":
      return encodeText(`J${JSON.stringify(value)}`);
    case "boolean":
      return encodeText(value ? "Jtrue" : "Jfalse");
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? encodeText(`J${value}`) : null;
    default:
      return value === null ? encodeText("Jnull") : null;
  }
}

/** Null for what JSON does not bring back exactly. */
function encodeJson(value: unknown): Uint8Array | null {
  if (typeof value !== "object" || value === null) return null;
  try {
    return isExactJson(value, MAX_PAYLOAD_DEPTH) ? encodeText(`J${JSON.stringify(value)}`) : null;
  } catch {
    // A getter or a trap threw: the full walk says where.
    return null;
  }
}

function encodeRich(value: unknown, what: string): Uint8Array {
  const buffers = inspectPayload(value, what);
  return encodeText(`D${toDevalue(value, buffers)}`);
}

function decodePayload(bytes: Uint8Array): unknown {
  const format = bytes[0];
  if (format === UNDEFINED && bytes.length === 1) return undefined;
  if (format !== JSON_TEXT && format !== DEVALUE_TEXT) throw corrupt(describeStart(bytes));
  try {
    const text = decodeText(bytes).slice(1);
    return format === JSON_TEXT ? decodeJson(text) : fromDevalue(text, MAX_PAYLOAD_DEPTH);
  } catch (error) {
    if (error instanceof CorruptionError) throw error;
    // No cause: the messages of parsers quote what they read, and payloads do not belong in logs.
    const reason = error instanceof Error ? error.name : "failed";
    throw corrupt(`a payload cannot be read in its form "${String.fromCharCode(format)}" (${reason})`);
  }
}

function decodeJson(text: string): unknown {
  if (isTooDeep(text, MAX_PAYLOAD_DEPTH)) throw corrupt("a payload is nested too deep");
  const value: unknown = parseJson(text);
  if (hasProtoKey(text, value)) throw corrupt('a payload has a key "__proto__"');
  return value;
}

function describeStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return "a payload is empty";
  return `a payload of ${bytes.length} bytes begins with the byte ${bytes[0]}, which names no form`;
}

function corrupt(problem: string): CorruptionError {
  return new CorruptionError("payload", "", problem);
}
