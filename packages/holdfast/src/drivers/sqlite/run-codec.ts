import type { RunState } from "../../model/run.ts";
import { seenRow } from "../../storage/damage.ts";
import { fromExactText, toExactText } from "../../storage/exact-text.ts";
import type { EncodedHeader } from "../../storage/records.ts";
import type { RunRow } from "../../storage/run-row.ts";
import { sealOfRun } from "../../storage/seals.ts";
import type { HolderRequest } from "../../storage/store.ts";
import type { SqliteValue } from "./database.ts";
import { numberColumn, numberOf, optionalNumber, type SqliteRow } from "./statements.ts";

/** What `pause_requested` counts from 1; it is older than the cancel. */
const REQUESTS: readonly HolderRequest[] = ["pause", "cancel"];

/** A column of `holdfast_runs`: which part of a run it holds, and how that is written. */
interface Column {
  readonly name: string;
  readonly part: (run: RunRow) => string | number | null;
  readonly isText: boolean;
}

function plain(name: string, part: Column["part"]): Column {
  return { name, part, isText: false };
}

function text(name: string, part: Column["part"]): Column {
  return { name, part, isText: true };
}

function written(part: string | number | null, { isText }: Column): SqliteValue {
  return isText && typeof part === "string" ? toExactText(part) : part;
}

/** `run`, `header` and `seal` are not among them. */
const COLUMNS: readonly Column[] = [
  text("workflow_id", (run) => run.workflowId),
  text("workflow_name", (run) => run.workflowName),
  text("workflow_version", (run) => run.workflowVersion),
  text("fingerprint", (run) => run.fingerprint),
  plain("revision", (run) => run.revision),
  plain("epoch", (run) => run.epoch),
  text("batch_id", (run) => run.batchId),
  plain("status", (run) => run.status),
  plain("wake_at", (run) => run.wakeAt),
  // JSON escapes lone surrogates and NUL itself.
  plain("wants", (run) => (run.wants === null ? null : JSON.stringify(run.wants))),
  plain("due_at", (run) => run.dueAt),
  plain("woken_in", (run) => run.wokenIn),
  plain("pause_requested", (run) => (run.requested === null ? 0 : REQUESTS.indexOf(run.requested) + 1)),
  text("lease_owner", (run) => run.lease?.owner ?? null),
  plain("lease_until", (run) => run.lease?.until ?? null),
  plain("claims_without_commit", (run) => run.claimsWithoutCommit),
  plain("queued", (run) => run.queued),
  plain("queue_seal", (run) => run.queueSeal),
  plain("created_at", (run) => run.createdAt),
  plain("updated_at", (run) => run.updatedAt),
];

const SEAL = "seal";

/** The columns that `encodeRun` is about. */
export const RUN_COLUMNS: readonly string[] = [...COLUMNS.map(({ name }) => name), SEAL];

/** All that an update may write, each with its bit in a `RunChange`. */
const UPDATED: readonly string[] = [...RUN_COLUMNS, "header"];
const SEAL_BIT = 1 << COLUMNS.length;
const HEADER_BIT = SEAL_BIT << 1;

const NUMBERS: ReadonlySet<string> = new Set([
  "revision",
  "epoch",
  "wake_at",
  "due_at",
  "woken_in",
  "pause_requested",
  "lease_until",
  "claims_without_commit",
  "queued",
  "queue_seal",
  SEAL,
  "created_at",
  "updated_at",
]);

/** What is selected for `readRun`. */
export const RUN_SELECTION: string = RUN_COLUMNS.map((column) =>
  NUMBERS.has(column) ? numberColumn(column) : column,
).join(", ");

/** The values of all columns of a run, its checksum among them. */
export function encodeRun(run: RunRow): SqliteValue[] {
  return [...COLUMNS.map((column) => written(column.part(run), column)), sealOfRun(run)];
}

/** What an update writes. */
export interface RunChange {
  /** A bit for each column. */
  readonly columns: number;
  /** In the order of the bits. */
  readonly values: readonly SqliteValue[];
}

/** The columns that differ: what is not written dirties no index. */
export function changeOf(before: RunRow, after: RunRow, header: EncodedHeader | undefined): RunChange {
  const values: SqliteValue[] = [];
  let columns = 0;
  for (let bit = 0; bit < COLUMNS.length; bit++) {
    const column = COLUMNS[bit] as Column;
    const part = column.part(after);
    if (part === column.part(before)) continue;
    columns |= 1 << bit;
    values.push(written(part, column));
  }
  if (columns !== 0) {
    columns |= SEAL_BIT;
    values.push(sealOfRun(after));
  }
  if (header !== undefined) {
    columns |= HEADER_BIT;
    values.push(header);
  }
  return { columns, values };
}

/** `column = ?` for each bit. */
export function assignments(columns: number): string {
  const names = UPDATED.filter((_, bit) => (columns & (1 << bit)) !== 0);
  return names.map((name) => `${name} = ?`).join(", ");
}

/** The run of a row of `run` and `RUN_COLUMNS`; one that does not fit its checksum is shown as a damaged one. */
export function readRun(row: SqliteRow): RunRow {
  return seenRow(readColumns(row), optionalNumber(row.seal));
}

function readColumns(row: SqliteRow): RunRow {
  return {
    key: numberOf(row.run),
    workflowId: fromExactText(String(row.workflow_id)),
    workflowName: fromExactText(String(row.workflow_name)),
    workflowVersion: optionalText(row.workflow_version),
    fingerprint: fromExactText(String(row.fingerprint)),
    revision: numberOf(row.revision),
    epoch: numberOf(row.epoch),
    batchId: optionalText(row.batch_id),
    status: row.status as RunState,
    wakeAt: optionalNumber(row.wake_at),
    wants: readWants(row.wants),
    dueAt: optionalNumber(row.due_at),
    wokenIn: optionalNumber(row.woken_in),
    requested: REQUESTS[numberOf(row.pause_requested) - 1] ?? null,
    lease:
      row.lease_owner === null
        ? null
        : { owner: fromExactText(String(row.lease_owner)), until: numberOf(row.lease_until) },
    claimsWithoutCommit: numberOf(row.claims_without_commit),
    queued: numberOf(row.queued),
    queueSeal: numberOf(row.queue_seal),
    damaged: false,
    createdAt: numberOf(row.created_at),
    updatedAt: numberOf(row.updated_at),
  };
}

/** Names from JSON; a damaged column wakes by no message, and does not keep other runs from being read (P15). */
function readWants(value: SqliteValue | undefined): string[] | null {
  if (value === null || value === undefined) return null;
  try {
    const names: unknown = JSON.parse(String(value));
    return Array.isArray(names) && names.every((name) => typeof name === "string") ? names : null;
  } catch {
    return null;
  }
}

function optionalText(value: SqliteValue | undefined): string | null {
  return value === null || value === undefined ? null : fromExactText(String(value));
}
