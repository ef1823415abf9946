import type { BareReader, BareWriter } from "holdfast/embedding";
import { isLoopIterationMarker } from "../location.ts";
import type {
  BranchStatus,
  BranchStatusType,
  Entry,
  EntryKind,
  EntryKindType,
  Location,
  PathSegment,
  SleepState,
} from "../model/history.ts";
import { decodeCbor } from "./cbor-reader.ts";
import { encodeCbor } from "./cbor-writer.ts";
import { readVersion, writeVersion } from "./version.ts";

/** An entry's row in the format of RivetKit's own engine: two bytes of version, then BARE with payloads in CBOR. */

const KINDS: readonly EntryKindType[] = [
  "step",
  "loop",
  "sleep",
  "message",
  "rollback_checkpoint",
  "join",
  "race",
  "removed",
  "version_check",
];
const SLEEP_STATES: readonly SleepState[] = ["pending", "completed", "interrupted"];
const BRANCH_STATUSES: readonly BranchStatusType[] = [
  "pending",
  "running",
  "completed",
  "failed",
  "cancelled",
];

export function decodeEntry(bytes: Uint8Array): Entry {
  const from = readVersion(bytes, "an entry");
  const id = from.string();
  const location = readLocation(from);
  const kind = readKind(from);
  from.end();
  return { id, location, kind, dirty: false };
}

export function encodeEntry(entry: Entry): Uint8Array {
  const out = writeVersion();
  out.string(entry.id);
  out.uint(entry.location.length);
  for (const segment of entry.location) writeSegment(out, segment);
  out.u8(KINDS.indexOf(entry.kind.type));
  writeKind(out, entry.kind);
  return out.finish();
}

function readLocation(from: BareReader): Location {
  const location: Location = [];
  for (let left = from.uint(); left > 0; left--) {
    location.push(from.u8() === 0 ? from.u32() : { loop: from.u32(), iteration: from.u32() });
  }
  return location;
}

function writeSegment(out: BareWriter, segment: PathSegment): void {
  if (!isLoopIterationMarker(segment)) {
    out.u8(0);
    out.u32(segment);
    return;
  }
  out.u8(1);
  out.u32(segment.loop);
  out.u32(segment.iteration);
}

function readKind(from: BareReader): EntryKind {
  const type = known(KINDS, from.u8(), "kind");
  switch (type) {
    case "step":
      return { type, data: readResult(from) };
    case "loop":
      return { type, data: { state: payload(from), iteration: from.u32(), ...output(from) } };
    case "sleep":
      return {
        type,
        data: { deadline: from.u64(), state: known(SLEEP_STATES, from.u8(), "state of a sleep") },
      };
    case "message":
      return { type, data: { name: from.string(), data: payload(from) } };
    case "rollback_checkpoint":
      return { type, data: { name: from.string() } };
    case "join":
      return { type, data: { branches: readBranches(from) } };
    case "race":
      return { type, data: { winner: from.bool() ? from.string() : null, branches: readBranches(from) } };
    case "removed":
      return { type, data: readRemoved(from) };
    case "version_check":
      return { type, data: { resolved: from.u32(), latest: from.u32() } };
  }
}

function writeKind(out: BareWriter, { type, data }: EntryKind): void {
  switch (type) {
    case "step":
      writeResult(out, data);
      break;
    case "loop":
      out.data(encodeCbor(data.state));
      out.u32(data.iteration);
      writeOutput(out, data);
      break;
    case "sleep":
      out.u64(data.deadline);
      out.u8(SLEEP_STATES.indexOf(data.state));
      break;
    case "message":
      out.string(data.name);
      out.data(encodeCbor(data.data));
      break;
    case "rollback_checkpoint":
      out.string(data.name);
      break;
    case "join":
      writeBranches(out, data.branches);
      break;
    case "race":
      writeText(out, data.winner ?? undefined);
      writeBranches(out, data.branches);
      break;
    case "removed":
      out.string(data.originalType);
      writeText(out, data.originalName);
      break;
    case "version_check":
      out.u32(data.resolved);
      out.u32(data.latest);
      break;
  }
}

function readRemoved(from: BareReader): { originalType: EntryKindType; originalName?: string } {
  const originalType = from.string() as EntryKindType;
  return from.bool() ? { originalType, originalName: from.string() } : { originalType };
}

function readBranches(from: BareReader): Record<string, BranchStatus> {
  const branches: [string, BranchStatus][] = [];
  for (let left = from.uint(); left > 0; left--) {
    const name = from.string();
    const status = known(BRANCH_STATUSES, from.u8(), "status of a branch");
    branches.push([name, { status, ...readResult(from) }]);
  }
  return Object.fromEntries(branches);
}

function writeBranches(out: BareWriter, branches: Record<string, BranchStatus>): void {
  const entries = Object.entries(branches);
  out.uint(entries.length);
  for (const [name, branch] of entries) {
    out.string(name);
    out.u8(BRANCH_STATUSES.indexOf(branch.status));
    writeResult(out, branch);
  }
}

function readResult(from: BareReader): { output?: unknown; error?: string } {
  const result = output(from);
  return from.bool() ? { ...result, error: from.string() } : result;
}

function writeResult(out: BareWriter, result: { output?: unknown; error?: string }): void {
  writeOutput(out, result);
  writeText(out, result.error);
}

function output(from: BareReader): { output?: unknown } {
  return from.bool() ? { output: payload(from) } : {};
}

function writeOutput(out: BareWriter, { output: value }: { output?: unknown }): void {
  out.bool(value !== undefined);
  if (value !== undefined) out.data(encodeCbor(value));
}

function writeText(out: BareWriter, text: string | undefined): void {
  out.bool(text !== undefined);
  if (text !== undefined) out.string(text);
}

function payload(from: BareReader): unknown {
  return decodeCbor(from.data());
}

function known<Value>(values: readonly Value[], index: number, what: string): Value {
  const value = values[index];
  if (value === undefined) throw new Error(`A stored entry has an unknown ${what}: ${index}.`);
  return value;
}
