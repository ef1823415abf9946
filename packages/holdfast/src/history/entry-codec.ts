import { BareReader, BareWriter } from "./bare.ts";
import { type Compensation, ENTRY_KINDS, type Entry, type EntryKind, type EntryStatus } from "./entry.ts";
import { keptBytes } from "./payload.ts";

/**
 * Owns: the BARE encoding of entries, version 1. Which optional fields follow is told by one set of bits, so that an
 * ordinary step result costs a dozen bytes besides its payload.
 */

const STATUSES: readonly EntryStatus[] = ["pending", "completed", "failed"];

/** Stand in the byte of the status. */
const LEFTOVER = 128;
const CHECKPOINTED = 64;
const BEGAN_AT = 32;
const NAMED = 16;
const BEGAN_IN = 8;
const MARKS = LEFTOVER | CHECKPOINTED | BEGAN_AT | NAMED | BEGAN_IN;

const Field = {
  dueAt: 1,
  count: 2,
  armed: 4,
  result: 8,
  extra: 16,
  detail: 32,
  compensation: 64,
  settledAt: 128,
} as const;

function fieldsOf(entry: Entry): number {
  let fields = 0;
  if (entry.dueAt !== null) fields |= Field.dueAt;
  if (entry.count !== 0) fields |= Field.count;
  if (entry.armed) fields |= Field.armed;
  if (entry.result !== null) fields |= Field.result;
  if (entry.extra !== null) fields |= Field.extra;
  if (entry.detail !== null) fields |= Field.detail;
  if (entry.compensation !== null) fields |= Field.compensation;
  if (entry.settledAt !== 0) fields |= Field.settledAt;
  return fields;
}

function marksOf({ leftover, checkpointed, beganAt, beganIn }: Entry): number {
  const began = (beganAt === 0 ? 0 : BEGAN_AT) | (beganIn === 0 ? 0 : BEGAN_IN);
  return (leftover ? LEFTOVER : 0) | (checkpointed ? CHECKPOINTED : 0) | began;
}

/** What the row of an entry says. */
export interface EntryRow {
  readonly entry: Entry;
  /** The name at the end of its location, where no row of the registry tells it. */
  readonly name: string | null;
}

export function encodeEntry(entry: Entry, name: string | null = null): Uint8Array {
  const out = new BareWriter();
  writeEntry(out, entry, name);
  return out.finish();
}

export function writeEntry(out: BareWriter, entry: Entry, name: string | null): void {
  out.u8(ENTRY_KINDS.indexOf(entry.kind));
  out.u8(STATUSES.indexOf(entry.status) | marksOf(entry) | (name === null ? 0 : NAMED));
  out.u8(fieldsOf(entry));
  out.uint(entry.sequence);
  out.uint(entry.askedAfter);
  out.f64(entry.createdAt);
  if (entry.settledAt !== 0) out.f64(entry.settledAt);
  if (entry.beganAt !== 0) out.f64(entry.beganAt);
  if (entry.beganIn !== 0) out.uint(entry.beganIn);
  if (entry.dueAt !== null) out.f64(entry.dueAt);
  if (entry.count !== 0) out.uint(entry.count);
  if (entry.result !== null) out.data(entry.result);
  if (entry.extra !== null) out.data(entry.extra);
  if (entry.detail !== null) out.data(entry.detail);
  if (entry.compensation !== null) writeCompensation(out, entry.compensation);
  if (name !== null) out.string(name);
}

function writeCompensation(out: BareWriter, compensation: Compensation): void {
  out.uint(compensation.attempts);
  out.bool(compensation.done);
  out.bool(compensation.retryAt !== null);
  if (compensation.retryAt !== null) out.f64(compensation.retryAt);
  out.bool(compensation.failure !== null);
  if (compensation.failure !== null) out.data(compensation.failure);
}

/**
 * @throws CorruptionError when the bytes are not an entry; `key` names the row in it.
 */
export function decodeEntry(body: Uint8Array, key: string | Uint8Array): Entry {
  return decodeEntryRow(body, key).entry;
}

/**
 * @throws CorruptionError when the bytes are not an entry; `key` names the row in it.
 */
export function decodeEntryRow(body: Uint8Array, key: string | Uint8Array): EntryRow {
  const from = new BareReader(body, key);
  const kind: EntryKind | undefined = ENTRY_KINDS[from.u8()];
  const marked = from.u8();
  const status = STATUSES[marked & ~MARKS];
  const fields = from.u8();
  if (kind === undefined || status === undefined) {
    return from.fail("unknown kind, or status of an entry");
  }
  const entry: Entry = {
    kind,
    status,
    sequence: from.uint(),
    askedAfter: from.uint(),
    createdAt: from.f64(),
    settledAt: fields & Field.settledAt ? from.f64() : 0,
    beganAt: (marked & BEGAN_AT) !== 0 ? from.f64() : 0,
    beganIn: (marked & BEGAN_IN) !== 0 ? from.uint() : 0,
    dueAt: fields & Field.dueAt ? from.f64() : null,
    count: fields & Field.count ? from.uint() : 0,
    armed: (fields & Field.armed) !== 0,
    leftover: (marked & LEFTOVER) !== 0,
    checkpointed: (marked & CHECKPOINTED) !== 0,
    result: fields & Field.result ? keptBytes(from.data()) : null,
    extra: fields & Field.extra ? from.data() : null,
    detail: fields & Field.detail ? from.data() : null,
    compensation: fields & Field.compensation ? readCompensation(from) : null,
  };
  const name = (marked & NAMED) !== 0 ? from.string() : null;
  from.end();
  return { entry, name };
}

function readCompensation(from: BareReader): Compensation {
  const attempts = from.uint();
  const done = from.bool();
  const retryAt = from.bool() ? from.f64() : null;
  const failure = from.bool() ? from.data() : null;
  return { attempts, done, retryAt, failure };
}
