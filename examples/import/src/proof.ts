import type { HistorySnapshot } from "holdfast";
import { openDatabase } from "./database.ts";
import type { Start } from "./ledger.ts";
import { readAllRows } from "./rows.ts";
import { type Contents, Target } from "./target.ts";
import { keyOf, rollbackKeyOf, stepsOf, type Witness } from "./witness.ts";

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
  /** What the bodies of its steps say. */
  readonly starts: readonly Start[];
  /** What was seen while they ran. */
  readonly witness: Witness;
  /** What the target says. */
  readonly target: Target;
}

/** Imports a file in the plainest way: no workflow, no batches, one transaction. */
export async function importStraightThrough(file: string, databaseFile: string): Promise<Contents> {
  const database = openDatabase(databaseFile);
  try {
    const target = new Target(database);
    target.apply({ key: "everything", importId: "straight-through", rows: await readAllRows(file) });
    return await target.contents("straight-through");
  } finally {
    database.close();
  }
}

/** Everything that must be true of an import that was approved and one that was refused. */
export async function prove(
  { approved, refused }: Readonly<Record<"approved" | "refused", Evidence>>,
  expected: Contents,
): Promise<Claim[]> {
  return [
    await proveSame(approved, expected),
    await proveUndone(refused),
    ...proveOnce(approved),
    ...proveOnce(refused),
  ];
}

/** Of the approved import: it is what the straight-through import made. */
export async function proveSame({ history, target }: Evidence, expected: Contents): Promise<Claim> {
  const { status, workflowId } = history;
  const found = await target.contents(workflowId);
  const same = status === "completed" && found.rows === expected.rows && found.checksum === expected.checksum;
  const rows = expected.rows.toLocaleString("en");
  return {
    claim: `${workflowId}: the same ${rows} rows as a straight-through import, checksum ${expected.checksum}`,
    fault: same ? undefined : `it is ${status} and holds ${found.rows} rows, checksum ${found.checksum}`,
  };
}

/** Of the refused import: nothing is left, and what was done last was undone first. */
export async function proveUndone(evidence: Evidence): Promise<Claim> {
  const { workflowId } = evidence.history;
  return {
    claim: `${workflowId}: nothing is left, undone in reverse order`,
    fault: await notUndone(evidence),
  };
}

/** Of every import. */
export function proveOnce(evidence: Evidence): Claim[] {
  const { workflowId } = evidence.history;
  return [
    { claim: `${workflowId}: no step was committed twice`, fault: committedTwice(evidence) },
    { claim: `${workflowId}: every batch took effect exactly once`, fault: effectNotOnce(evidence) },
  ];
}

/**
 * A step that is committed twice has started again after its first commit, which was witnessed, or has an attempt that
 * the history does not count.
 */
function committedTwice({ history, starts, witness }: Evidence): string | undefined {
  const again = starts.find(({ key, order }) => order > (witness.committedAt(key) ?? order));
  if (again !== undefined) return `${again.key} started again after its commit`;
  const startsByKey = Map.groupBy(starts, ({ key }) => key);
  for (const step of stepsOf(history)) {
    const key = keyOf(history, step);
    const own = startsByKey.get(key) ?? [];
    startsByKey.delete(key);
    startsByKey.delete(rollbackKeyOf(history, step));
    if (step.status !== "completed") return `${key} is ${step.status}`;
    const attempts = new Set(own.map(({ attempt }) => attempt));
    if (attempts.size !== step.attempts) return `${key} had ${attempts.size} attempts, not ${step.attempts}`;
  }
  const [unknown] = startsByKey.keys();
  return unknown === undefined ? undefined : `${unknown} started, and the history does not know it`;
}

function effectNotOnce({ history, target }: Evidence): string | undefined {
  const batches = new Set(target.batches(history.workflowId).map(({ key }) => key));
  const loads = stepsOf(history).filter(({ name }) => name === "load");
  const missing = loads.find((step) => !batches.has(keyOf(history, step)));
  if (missing !== undefined) return `${keyOf(history, missing)} took no effect`;
  // The table's primary key keeps one batch from being noted twice: what is left is a batch that nobody knows.
  return batches.size === loads.length
    ? undefined
    : `${batches.size} batches came from ${loads.length} steps`;
}

async function notUndone({ history, starts, target }: Evidence): Promise<string | undefined> {
  const { status, workflowId } = history;
  if (status !== "failed") return `it is ${status}`;
  const { rows } = await target.contents(workflowId);
  if (rows > 0 || target.knows(workflowId)) return `${rows} rows are left`;
  if (target.batches(workflowId).some(({ undone }) => !undone))
    return "a batch was not undone by its handler";
  const expected = stepsOf(history)
    .filter(({ compensated }) => compensated)
    .sort((a, b) => b.sequence - a.sequence)
    .map((step) => rollbackKeyOf(history, step));
  const handlers = new Set(expected);
  const found = new Set(starts.map(({ key }) => key).filter((key) => handlers.has(key)));
  return [...found].join() === expected.join() ? undefined : "the handlers ran in another order";
}
