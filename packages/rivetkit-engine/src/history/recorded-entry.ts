import {
  CriticalError as Critical,
  JoinError,
  RaceError,
  RollbackError as Rollback,
  StepExhaustedError,
} from "holdfast";
import { defaultCodec, type Entry, type EntryKind, encodeFailure } from "holdfast/embedding";
import type {
  BranchStatus,
  EntryMetadata,
  LoopEntry,
  Entry as RecordedEntry,
  StepEntry,
} from "../model/history.ts";

/** What of a new entry is not as new. */
export type EntryChange = Partial<Omit<Entry, "kind" | "sequence">>;

/** An entry in the engine's form; null for one that the engine does not record. */
export function settledEntry(
  recorded: RecordedEntry,
  name: string,
  metadata: EntryMetadata | undefined,
): { kind: EntryKind; change: EntryChange } | null {
  const { kind } = recorded;
  const times = metadata === undefined || metadata.createdAt === 0 ? {} : { createdAt: metadata.createdAt };
  const made = (change: EntryChange): EntryChange => ({ ...times, ...change });
  switch (kind.type) {
    case "step":
      return stepEntry({ ...kind.data, name }, metadata, made);
    case "loop":
      return { kind: "loop", change: made(loopChange(kind.data, metadata)) };
    case "sleep":
      return { kind: "sleep", change: made(sleepChange(kind.data)) };
    case "rollback_checkpoint":
      return { kind: kind.type, change: made({ status: "completed" }) };
    case "join":
      return blockEntry("join", joinOutcome(kind.data.branches), made);
    case "race":
      return blockEntry("race", raceOutcome(kind.data), made);
    case "version_check":
      return { kind: "version", change: made({ status: "completed", count: kind.data.resolved }) };
    default:
      return null;
  }
}

type Made = (change: EntryChange) => EntryChange;

function stepEntry(
  { name, output, error }: StepEntry & { name: string },
  metadata: EntryMetadata | undefined,
  made: Made,
): { kind: EntryKind; change: EntryChange } | null {
  const { status = "completed", attempts: count = 1 } = metadata ?? {};
  const settledAt = metadata?.completedAt ?? metadata?.lastAttemptAt ?? 0;
  if (status === "completed") {
    const result = defaultCodec.encode(output, "output");
    const compensation = compensationOf(metadata);
    const change = { status, count, result, settledAt, compensation, armed: compensation !== null };
    return { kind: "step", change: made(change) };
  }
  const label = metadata?.error ?? error ?? "Error: unknown";
  if (status === "exhausted") {
    const result = encodeFailure(terminalFailure(name, label, count));
    return { kind: "step", change: made({ status: "failed", count, result, settledAt }) };
  }
  // An attempt that was running when its process died has not failed; it is made again.
  const failedAttempts = status === "failed" ? count : Math.max(0, count - 1);
  if (failedAttempts === 0) return null;
  const extra = encodeFailure(labelled(label));
  return { kind: "step", change: made({ status: "pending", count: failedAttempts, extra, settledAt }) };
}

/** Only what was undone is known to have had a handler. */
function compensationOf(metadata: EntryMetadata | undefined): Entry["compensation"] {
  if (metadata?.rollbackCompletedAt === undefined) return null;
  return { attempts: 1, retryAt: null, done: true, failure: null };
}

function terminalFailure(stepName: string, label: string, attempts: number): Error {
  const { name, message } = labelled(label);
  if (name === "CriticalError" || name === "StepTimeoutError") return new Critical(message);
  if (name === "RollbackError") return new Rollback(message);
  return new StepExhaustedError(stepName, attempts, { cause: labelled(label) });
}

/** The error that was stored as `Name: message`. */
function labelled(label: string): Error {
  const [, name, message] = /^([A-Za-z_$][\w$]*): (.*)$/s.exec(label) ?? [];
  const error = new Error(message ?? label);
  if (name !== undefined) error.name = name;
  return error;
}

function loopChange(
  { state, iteration, output }: LoopEntry,
  metadata: EntryMetadata | undefined,
): EntryChange {
  const extra = defaultCodec.encode(state, "state");
  if (metadata?.status !== "completed")
    return { status: "pending", count: iteration, extra, settledAt: metadata?.createdAt ?? 0 };
  const result = defaultCodec.encode(output, "output");
  return { status: "completed", count: iteration + 1, extra, result, settledAt: metadata.completedAt ?? 0 };
}

function sleepChange({ deadline, state }: { deadline: number; state: string }): EntryChange {
  if (state === "pending") return { status: "pending", dueAt: deadline };
  return { status: "completed", settledAt: deadline };
}

type Outcome = { readonly value: unknown } | { readonly error: Error } | null;

function blockEntry(
  kind: "join" | "race",
  outcome: Outcome,
  made: Made,
): { kind: EntryKind; change: EntryChange } {
  if (outcome === null) return { kind, change: made({ status: "pending" }) };
  const change: EntryChange =
    "error" in outcome
      ? { status: "failed", result: encodeFailure(outcome.error) }
      : { status: "completed", result: defaultCodec.encode(outcome.value, kind) };
  return { kind, change: made(change) };
}

function joinOutcome(branches: Record<string, BranchStatus>): Outcome {
  const all = Object.entries(branches);
  if (all.some(([, { status }]) => status !== "completed" && status !== "failed")) return null;
  const failed = all.filter(([, { status }]) => status === "failed");
  if (failed.length === 0)
    return { value: Object.fromEntries(all.map(([name, { output }]) => [name, output])) };
  const errors = failed.map(([name, { error }]) => [name, labelled(error ?? "Error: unknown")] as const);
  return { error: new JoinError("", new Map(errors)) };
}

function raceOutcome({
  winner,
  branches,
}: {
  winner: string | null;
  branches: Record<string, BranchStatus>;
}): Outcome {
  if (winner !== null) return { value: { winner, value: branches[winner]?.output } };
  const all = Object.entries(branches);
  if (all.length === 0 || all.some(([, { status }]) => status !== "failed")) return null;
  const errors = all.map(([name, { error }]) => ({ name, error: labelled(error ?? "Error: unknown") }));
  return { error: new RaceError("", errors) };
}
