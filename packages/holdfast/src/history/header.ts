import { CorruptionError } from "../model/errors/history-errors.ts";
import { type PauseReason, RUN_STATES, type RunState } from "../model/run.ts";
import { BareReader, type BareWriter } from "./bare.ts";
import { openRow, sealRecord } from "./row.ts";

/**
 * Owns: the run header, which every commit writes, and its bytes.
 * Invariants: small (about a hundred bytes), whatever the length of the history; the digest in it covers every live
 * row of the run (ARCHITECTURE 2).
 */

/** An order-independent digest over the checksums of all live rows, and their number. */
export interface Digest {
  readonly rows: number;
  readonly low: number;
  readonly high: number;
}

/** Why a run rolls back or did. */
export type RollbackCause = "none" | "failure" | "cancel";

export interface RunHeader {
  readonly status: RunState;
  readonly epoch: number;
  readonly revision: number;
  /** The sequence number of the last completion. */
  readonly sequence: number;
  readonly wakeAt: number | null;
  readonly workflowName: string;
  readonly workflowVersion: string | null;
  readonly createdAt: number;
  /** No time that workflow code sees lies before it. */
  readonly lastTime: number;
  /** 16 random bytes: what `random` and `uuid` of the run are derived from. */
  readonly seed: Uint8Array;
  readonly digest: Digest;
  readonly rollback: RollbackCause;
  readonly pause: PauseReason | null;
  /** Of a bare driver: passes that started bodies since the last commit of a result. */
  readonly barrenStarts: number;
  /** The sequence number of the first rollback checkpoint, which may since have been pruned; 0 when there is none. */
  readonly checkpointAt: number;
}

const ROLLBACK_CAUSES: readonly RollbackCause[] = ["none", "failure", "cancel"];
const PAUSE_REASONS: readonly PauseReason[] = ["operator", "divergence", "corruption", "crash-loop", "limit"];
/** Stands for the header's key in its checksum; no row has it. */
const HEADER_KEY = Uint8Array.of(0);

export function encodeHeader(runTag: number, header: RunHeader): Uint8Array {
  return sealRecord(runTag, HEADER_KEY, (out) => writeHeader(out, header)).value;
}

function writeHeader(out: BareWriter, header: RunHeader): void {
  out.u8(RUN_STATES.indexOf(header.status));
  out.uint(header.epoch);
  out.uint(header.revision);
  out.uint(header.sequence);
  out.bool(header.wakeAt !== null);
  if (header.wakeAt !== null) out.f64(header.wakeAt);
  out.string(header.workflowName);
  out.bool(header.workflowVersion !== null);
  if (header.workflowVersion !== null) out.string(header.workflowVersion);
  out.f64(header.createdAt);
  out.f64(header.lastTime);
  out.data(header.seed);
  out.uint(header.digest.rows);
  out.u32(header.digest.low);
  out.u32(header.digest.high);
  out.u8(ROLLBACK_CAUSES.indexOf(header.rollback));
  out.u8(header.pause === null ? 0 : PAUSE_REASONS.indexOf(header.pause) + 1);
  out.uint(header.barrenStarts);
  out.uint(header.checkpointAt);
}

/**
 * @throws CorruptionError when the bytes are not this run's header.
 */
export function decodeHeader(runTag: number, bytes: Uint8Array): RunHeader {
  const from = new BareReader(openRow(runTag, HEADER_KEY, bytes).body, "header");
  const header: RunHeader = {
    status: known(RUN_STATES[from.u8()]),
    epoch: from.uint(),
    revision: from.uint(),
    sequence: from.uint(),
    wakeAt: from.bool() ? from.f64() : null,
    workflowName: from.string(),
    workflowVersion: from.bool() ? from.string() : null,
    createdAt: from.f64(),
    lastTime: from.f64(),
    seed: from.data(),
    digest: { rows: from.uint(), low: from.u32(), high: from.u32() },
    rollback: known(ROLLBACK_CAUSES[from.u8()]),
    pause: pauseReason(from.u8()),
    barrenStarts: from.uint(),
    checkpointAt: from.uint(),
  };
  from.end();
  return header;
}

function pauseReason(stored: number): PauseReason | null {
  return stored === 0 ? null : known(PAUSE_REASONS[stored - 1]);
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new CorruptionError("malformed", "header", "unknown state, cause or reason");
  return value;
}

/** The digest of no rows. */
export const EMPTY_DIGEST: Digest = { rows: 0, low: 0, high: 0 };

/** The digest with one row more. */
export function digestWith(digest: Digest, checksum: number): Digest {
  return {
    rows: digest.rows + 1,
    low: (digest.low + scramble(checksum, 0x9e3779b1)) >>> 0,
    high: (digest.high + scramble(checksum, 0x85ebca77)) >>> 0,
  };
}

/** The digest with one row less. */
export function digestWithout(digest: Digest, checksum: number): Digest {
  return {
    rows: digest.rows - 1,
    low: (digest.low - scramble(checksum, 0x9e3779b1)) >>> 0,
    high: (digest.high - scramble(checksum, 0x85ebca77)) >>> 0,
  };
}

export function sameDigest(a: Digest, b: Digest): boolean {
  return a.rows === b.rows && a.low === b.low && a.high === b.high;
}

/** Spreads a checksum over 32 bits, differently for each `salt`, so that sums of them do not cancel out. */
function scramble(checksum: number, salt: number): number {
  let x = (checksum ^ salt) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}
