import { describe } from "../../model/describe.ts";
import { InvalidArgumentError } from "../../model/errors/argument-errors.ts";
import { RUN_STATES, type RunState } from "../../model/run.ts";
import { listingStart, prefixEnd } from "../byte-order.ts";
import { queueDamage, rowDamage } from "../damage.ts";
import type { ListPage } from "../driver.ts";
import { DEFAULT_PAGE, pageOf } from "../page.ts";
import type { KVEntry, RunImage } from "../records.ts";
import { type RunRow, toRecord } from "../run-row.ts";
import type { RunPage, RunQuery, RunRecord, StoreStatistics } from "../store.ts";
import type { Ledger } from "./tables.ts";

const START = new Uint8Array(0);

/** The run, unless it does not exist yet. */
function findBorn(ledger: Ledger, workflowId: string): RunRow | null {
  const run = ledger.tables.findRun(workflowId);
  return run === null || (run.revision === 0 && !run.damaged) ? null : run;
}

export function readRecord(ledger: Ledger, workflowId: string): RunRecord | null {
  const run = findBorn(ledger, workflowId);
  return run === null ? null : toRecord(run, ledger.now());
}

export function readImage(ledger: Ledger, workflowId: string): RunImage | null {
  const run = findBorn(ledger, workflowId);
  if (run === null) return null;
  const { revision, epoch, claimsWithoutCommit, status, wakeAt, wants } = run;
  const { entries, more } = ledger.tables.scan(run.key, START, null, DEFAULT_PAGE);
  const header = ledger.tables.header(run.key);
  const schedule = { status, wakeAt, wants: wants?.slice() ?? null };
  const damage = run.damaged
    ? rowDamage(run)
    : queueDamage(run, {
        places: () => ledger.tables.places(run.key),
        remembered: () => ledger.tables.remembered(run.key),
      });
  const image = { header, revision, epoch, claimsWithoutCommit, entries, complete: !more, schedule };
  return damage === null ? image : { ...image, damage };
}

export function readRows(ledger: Ledger, workflowId: string, prefix: Uint8Array, page: ListPage): KVEntry[] {
  const run = ledger.tables.findRun(workflowId);
  if (run === null) return [];
  const from = listingStart(prefix, page.after);
  return ledger.tables.scan(run.key, from, prefixEnd(prefix), pageOf(page.limit)).entries;
}

export function readRuns(ledger: Ledger, query: RunQuery): RunPage {
  const { limit, cursor } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) {
    throw new InvalidArgumentError(`list() takes a limit from 1 to 1,000, not ${describe(limit)}.`);
  }
  const before = cursor === undefined ? null : keyOf(cursor);
  if (before !== null && !Number.isSafeInteger(before)) {
    throw new InvalidArgumentError(`list() takes a cursor from the page before, not ${describe(cursor)}.`);
  }
  const rows = ledger.tables.listRuns({ ...query, limit: limit + 1 }, before);
  const page = rows.slice(0, limit);
  const now = ledger.now();
  return {
    runs: page.map((run) => toRecord(run, now)),
    nextCursor: rows.length > limit ? cursorAt(page[limit - 1]?.key ?? 0) : null,
  };
}

/** Where a page ends. Keys that damage has made too large come first, and so the next page goes on behind all of them. */
function cursorAt(key: number): string {
  return String(Math.min(key, Number.MAX_SAFE_INTEGER));
}

/** The key that a cursor names; NaN for what is none. */
function keyOf(cursor: string): number {
  return /^-?\d{1,16}$/.test(cursor) ? Number(cursor) : Number.NaN;
}

export function readStatistics(ledger: Ledger): StoreStatistics {
  const counted = ledger.tables.statistics();
  const runs = Object.fromEntries(RUN_STATES.map((state) => [state, counted.runs[state] ?? 0]));
  return { runs: runs as Record<RunState, number>, queuedMessages: counted.queuedMessages };
}
