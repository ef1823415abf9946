import { describe } from "../model/describe.ts";
import { CorruptionError } from "../model/errors/history-errors.ts";
import { attempt, cutText, type Keep, storableLikeness } from "./failure-storable.ts";
import { defaultCodec } from "./payload.ts";
import { decodeText, encodeText } from "./payload-text.ts";

/**
 * What was thrown, as bytes.
 *
 * Owns: the form of a stored failure and its limit. Does not own: what is kept of an error (failure-storable.ts), and how
 * values are written (payload.ts).
 *
 * Invariants
 * - Whatever is thrown can be stored, in at most `MAX_FAILURE_BYTES` bytes, or fewer where a storage takes no more (P16).
 * - P8: decode(encode(e)) is what workflow code sees at first and after every replay; a second round changes nothing.
 *
 * The form: `F`, a line of JSON with name, message and code for those who only list failures, a line feed, a payload.
 */

/** The most that a stored failure takes. */
export const MAX_FAILURE_BYTES = 256 * 1024;

/** What name, message and code of any error fit in. */
const MIN_FAILURE_BYTES = 8 * 1024;

/** What a list of failures shows. */
export interface FailureSummary {
  /** The error's name; for a thrown value that is no error, its type. */
  readonly name: string;
  /** At most 1,000 characters of the message. */
  readonly message: string;
  readonly code?: string;
}

const FORMAT = 0x46;
const LINE_FEED = 0x0a;
const SUMMARY_MESSAGE = 1_000;
const SUMMARY_NAME = 200;

/** From all to little: the first that fits is stored. */
const STAGES: readonly Keep[] = [
  {
    messageLength: 65_536,
    stackLength: 16_384,
    nestedLength: 65_536,
    textLength: 16_384,
    errorDepth: 32,
    keys: 1_000,
    items: 1_000,
    data: "all",
  },
  {
    messageLength: 65_536,
    stackLength: 16_384,
    nestedLength: 65_536,
    textLength: 256,
    errorDepth: 32,
    keys: 100,
    items: 1_000,
    data: "primitives",
  },
  {
    messageLength: 16_384,
    stackLength: 8_192,
    nestedLength: 8_192,
    textLength: 256,
    errorDepth: 32,
    keys: 100,
    items: 1_000,
    data: "primitives",
  },
  {
    messageLength: 2_048,
    stackLength: 2_048,
    nestedLength: 2_048,
    textLength: 256,
    errorDepth: 32,
    keys: 10,
    items: 1_000,
    data: "primitives",
  },
  {
    messageLength: 8_192,
    stackLength: 8_192,
    nestedLength: 256,
    textLength: 256,
    errorDepth: 2,
    keys: 30,
    items: 1_000,
    data: "primitives",
  },
  {
    messageLength: 8_192,
    stackLength: 8_192,
    nestedLength: 128,
    textLength: 256,
    errorDepth: 1,
    keys: 30,
    items: 1_000,
    data: "primitives",
  },
  {
    messageLength: 8_192,
    stackLength: 8_192,
    nestedLength: 64,
    textLength: 64,
    errorDepth: 1,
    keys: 30,
    items: 100,
    data: "primitives",
  },
  {
    messageLength: 512,
    stackLength: 512,
    nestedLength: 64,
    textLength: 64,
    errorDepth: 1,
    keys: 5,
    items: 10,
    data: "primitives",
  },
];

/** The bytes of anything that was thrown: at most `maximum`, or 8 KiB where that is less. Never throws. */
export function encodeFailure(thrown: unknown, maximum: number = MAX_FAILURE_BYTES): Uint8Array {
  const room = Math.max(maximum, MIN_FAILURE_BYTES);
  for (const keep of STAGES) {
    const bytes = attempt(() => encodeLikeness(thrown, keep, room), null);
    if (bytes !== null) return bytes;
  }
  // Not an error, and too large: what is left is to say what it was.
  const text = cutText(describe(thrown), SUMMARY_MESSAGE);
  return assemble({ name: typeof thrown, message: text }, text);
}

/** What was thrown, or the likeness of it that could be stored. Throws `CorruptionError` for other bytes. */
export function decodeFailure(bytes: Uint8Array): unknown {
  return defaultCodec.decode(bytes.subarray(endOfSummary(bytes) + 1));
}

/** Name, message and code of a stored failure, without decoding the rest. Throws `CorruptionError` for other bytes. */
export function describeFailure(bytes: Uint8Array): FailureSummary {
  const line = bytes.subarray(1, endOfSummary(bytes));
  const summary = attempt(() => JSON.parse(decodeText(line)) as unknown, null);
  if (!isSummary(summary)) throw corrupt("the summary of a failure cannot be read");
  const { name, message, code } = summary;
  return code === undefined ? { name, message } : { name, message, code };
}

function encodeLikeness(thrown: unknown, keep: Keep, room: number): Uint8Array | null {
  const likeness = storableLikeness(thrown, keep, room);
  if (likeness === null) return null;
  const bytes = assemble(summarize(likeness.value), likeness.value);
  return bytes.length <= room ? bytes : null;
}

function assemble(summary: FailureSummary, value: unknown): Uint8Array {
  const line = encodeText(`F${JSON.stringify(summary)}\n`);
  const payload = defaultCodec.encode(value, "failure");
  const bytes = new Uint8Array(line.length + payload.length);
  bytes.set(line);
  bytes.set(payload, line.length);
  return bytes;
}

function summarize(value: unknown): FailureSummary {
  if (!(value instanceof Error)) {
    const message = typeof value === "string" ? value : describe(value);
    return { name: typeof value, message: cutText(message, SUMMARY_MESSAGE) };
  }
  // A likeness has no accessors: reading it is safe. What it holds can be of any type.
  const { name, message, code } = value as { name: unknown; message: unknown; code?: unknown };
  const summary = {
    name: cutText(asText(name), SUMMARY_NAME),
    message: cutText(asText(message), SUMMARY_MESSAGE),
  };
  const hasCode = typeof code === "string" || typeof code === "number";
  return hasCode ? { ...summary, code: cutText(String(code), SUMMARY_NAME) } : summary;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : describe(value);
}

function endOfSummary(bytes: Uint8Array): number {
  const end = bytes.indexOf(LINE_FEED);
  if (bytes[0] !== FORMAT || end === -1) throw corrupt("a failure does not begin as one");
  return end;
}

function isSummary(value: unknown): value is FailureSummary {
  if (typeof value !== "object" || value === null) return false;
  const { name, message, code } = value as { readonly [Key in keyof FailureSummary]: unknown };
  return (
    typeof name === "string" &&
    typeof message === "string" &&
    (code === undefined || typeof code === "string")
  );
}

function corrupt(problem: string): CorruptionError {
  return new CorruptionError("payload", "", problem);
}
