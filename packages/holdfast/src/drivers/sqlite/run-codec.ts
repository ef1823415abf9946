import type { RunState } from "../../model/run.ts";
import { seenRow } from "../../storage/damage.ts";
import { fromExactText, toExactText } from "../../storage/exact-text.ts";
import type { RunRow } from "../../storage/run-row.ts";
import { sealOfRun } from "../../storage/seals.ts";
import type { HolderRequest } from "../../storage/store.ts";
import type { SqliteValue } from "./database.ts";
import { numberColumn, numberOf, optionalNumber, type SqliteRow } from "./statements.ts";

/** What `pause_requested` counts from 1; it is older than the cancel. */
const REQUESTS: readonly HolderRequest[] = ["pause", "cancel"];

/** How each column of `holdfast_runs` is written; `run`, `header` and `seal` are not among them. */
const WRITERS: Readonly<Record<string, (run: RunRow) => SqliteValue>> = {
  workflow_id: (run) => toExactText(run.workflowId),
  workflow_name: (run) => toExactText(run.workflowName),
  workflow_version: (run) => (run.workflowVersion === null ? null : toExactText(run.workflowVersion)),
  fingerprint: (run) => toExactText(run.fingerprint),
  revision: (run) => run.revision,
  epoch: (run) => run.epoch,
  batch_id: (run) => (run.batchId === null ? null : toExactText(run.batchId)),
  status: (run) => run.status,
  wake_at: (run) => run.wakeAt,
  // JSON escapes lone surrogates and NUL itself.
  wants: (run) => (run.wants === null ? null : JSON.stringify(run.wants)),
  due_at: (run) => run.dueAt,
  woken_in: (run) => run.wokenIn,
  pause_requested: (run) => (run.requested === null ? 0 : REQUESTS.indexOf(run.requested) + 1),
  lease_owner: (run) => (run.lease === null ? null : toExactText(run.lease.owner)),
  lease_until: (run) => run.lease?.until ?? null,
  claims_without_commit: (run) => run.claimsWithoutCommit,
  queued: (run) => run.queued,
  queue_seal: (run) => run.queueSeal,
  created_at: (run) => run.createdAt,
  updated_at: (run) => run.updatedAt,
};

const WRITER_LIST = Object.entries(WRITERS);
const SEAL = "seal";

/** The columns that `encodeRun` is about. */
export const RUN_COLUMNS: readonly string[] = [...Object.keys(WRITERS), SEAL];

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

/** A column and its value. */
export type Cell = readonly [column: string, value: SqliteValue];

/** All columns of a run, its checksum among them. */
export function encodeRun(run: RunRow): Cell[] {
  const cells = WRITER_LIST.map(([column, write]): Cell => [column, write(run)]);
  return [...cells, [SEAL, sealOfRun(run)]];
}

/** The columns that differ: what is not written dirties no index. */
export function changedCells(before: RunRow, after: RunRow): Cell[] {
  const changed: Cell[] = [];
  for (const [column, write] of WRITER_LIST) {
    const value = write(after);
    if (value !== write(before)) changed.push([column, value]);
  }
  if (changed.length > 0) changed.push([SEAL, sealOfRun(after)]);
  return changed;
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
