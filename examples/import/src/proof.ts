import type { HistorySnapshot, SnapshotEntry } from "holdfast";
import type { Start } from "./ledger.ts";
import { readRows, type Row } from "./rows.ts";
import type { Target } from "./target.ts";

/** Something that must be true of the outcome, and what speaks against it. */
export interface Claim {
  readonly claim: string;
  /** Undefined: it holds. */
  readonly fault: string | undefined;
}

/** What is known of one import when it has ended. */
export interface Evidence {
  /** What the engine says. */
  readonly history: HistorySnapshot;
  /** What the step bodies say. */
  readonly starts: readonly Start[];
  /** What the target says. */
  readonly target: Target;
}

/** Imports a file in the plainest way: one loop, one transaction, no workflow. */
export async function importStraightThrough(file: string, target: Target): Promise<void> {
  const rows: Row[] = [];
  for await (const { number, cells } of readRows(file)) rows.push({ number, cells });
  target.apply({ key: "everything", importId: "straight-through", rows });
}

/** Of both imports. */
export function proveOnce(evidence: Evidence): Claim[] {
  const { workflowId } = evidence.history;
  return [
    { claim: `${workflowId}: no step started again after its commit`, fault: stepStartedAgain(evidence) },
    { claim: `${workflowId}: every batch took effect exactly once`, fault: batchNotOnce(evidence) },
  ];
}

/** Of the approved import: it is what the straight-through import made. */
export function proveSame({ history, target }: Evidence, straightThrough: Target): Claim {
  const expected = straightThrough.contents("straight-through");
  const found = target.contents(history.workflowId);
  const same = found.rows === expected.rows && found.checksum === expected.checksum;
  return {
    claim: `${history.workflowId}: the same ${expected.rows.toLocaleString("en")} rows as a straight-through import, checksum ${expected.checksum}`,
    fault: same ? undefined : `it holds ${found.rows} rows with checksum ${found.checksum}`,
  };
}

/** Of the refused import: nothing is left, and what was done last was undone first. */
export function proveUndone(evidence: Evidence): Claim {
  const { workflowId } = evidence.history;
  return { claim: `${workflowId}: undone in reverse order, nothing is left`, fault: notUndone(evidence) };
}

/** The steps of a run's history. */
export function stepsOf({ history }: Evidence): SnapshotEntry[] {
  return history.entries.filter((entry) => entry.kind === "step");
}

/** What the engine gives the bodies of a step as their idempotency key. */
function keyOf({ history }: Evidence, step: SnapshotEntry): string {
  return `${history.workflowId}/${step.id}`;
}

function stepStartedAgain(evidence: Evidence): string | undefined {
  const starts = Map.groupBy(evidence.starts, ({ key }) => key);
  for (const step of stepsOf(evidence)) {
    const key = keyOf(evidence, step);
    const own = starts.get(key) ?? [];
    starts.delete(key);
    const { settledAt, attempts } = step;
    if (settledAt === null) return `${key} was not committed`;
    const late = own.find(({ at }) => at > settledAt);
    if (late !== undefined) return `${key} started again ${late.at - settledAt} ms after its result`;
    // An attempt starts a second time only when the process died in it; a process never starts one twice.
    if (new Set(own.map(({ attempt }) => attempt)).size !== attempts) return `${key} did not start ${attempts} times`;
    if (new Set(own.map(({ attempt, pid }) => `${attempt} ${pid}`)).size !== own.length) {
      return `${key} started an attempt twice in one process`;
    }
  }
  const unknown = [...starts.keys()].find((key) => !key.endsWith("/rollback"));
  return unknown === undefined ? undefined : `${unknown} started, and the history does not know it`;
}

function batchNotOnce(evidence: Evidence): string | undefined {
  const batches = new Set(evidence.target.batches(evidence.history.workflowId).map(({ key }) => key));
  const loads = stepsOf(evidence).filter(({ name }) => name === "load");
  const missing = loads.find((step) => !batches.has(keyOf(evidence, step)));
  if (missing !== undefined) return `${keyOf(evidence, missing)} took no effect`;
  // The table's primary key keeps one batch from being noted twice: what is left is a batch that nobody knows.
  return batches.size === loads.length ? undefined : `${batches.size} batches came from ${loads.length} steps`;
}

function notUndone(evidence: Evidence): string | undefined {
  const { history, starts, target } = evidence;
  const { rows } = target.contents(history.workflowId);
  if (rows > 0 || target.knows(history.workflowId)) return `${rows} rows are left`;
  if (target.batches(history.workflowId).some(({ undone }) => !undone)) return "a batch was not undone by its handler";
  const expected = stepsOf(evidence)
    .filter(({ compensated }) => compensated)
    .sort((a, b) => b.sequence - a.sequence)
    .map((step) => `${keyOf(evidence, step)}/rollback`);
  const found = new Set(starts.map(({ key }) => key).filter((key) => key.endsWith("/rollback")));
  return [...found].join() === expected.join() ? undefined : "the handlers ran in another order";
}
