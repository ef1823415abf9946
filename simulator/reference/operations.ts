import type { Entry } from "#holdfast/history/entry.ts";
import { decodeFailure, encodeFailure } from "#holdfast/history/failure.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import {
  RollbackCheckpointError,
  RollbackError,
  StepExhaustedError,
  StepTimeoutError,
} from "#holdfast/model/errors/step-errors.ts";
import { failureValue } from "../program/block-values.ts";
import { canonicalText } from "../program/canonical.ts";
import type { StepStatement } from "../program/program.ts";
import { type End, type Failure, objectText, value } from "./end.ts";
import type { Interpreting } from "./interpreting.ts";
import type { ScopePlace } from "./place.ts";

/** What an operation without code inside ended with, as it is recorded. */
export function entryEnd({ recorded }: Interpreting, path: string, textOf: (entry: Entry) => string): End {
  const entry = recorded.entry(path);
  if (entry === null || entry.status === "pending") return null;
  return entry.status === "failed" ? failureOf(entry) : value(textOf(entry), entry.sequence);
}

function failureOf(entry: Entry): Failure {
  const error = decodeFailure(entry.result ?? new Uint8Array(0));
  return { ok: false, error, origin: entry.kind, at: entry.sequence };
}

/** The canonical text of a recorded value. */
export function resultText({ result }: Entry): string {
  return canonicalText(defaultCodec.decode(result ?? new Uint8Array(0)));
}

/** What a thrown value is when it has been stored. */
export function storedErrorText(error: unknown): string {
  return canonicalText(decodeFailure(encodeFailure(error)));
}

/**
 * What a block comes to by its code is held against what it has recorded, and what it has recorded is what counts. A
 * block that has not ended by its code cannot have recorded an end.
 */
export function blockEnd(interpreter: Interpreting, path: string, expected: End): End {
  const end = entryEnd(interpreter, path, resultText);
  if (end === null || (!end.ok && interpreter.recorded.mayBeOversized(end.error))) return end;
  const found = textOf(end);
  const wanted = expected === null ? "nothing yet" : textOf(expected);
  if (found !== wanted) interpreter.problems.push(`"${path}" came to ${found}, by its code to ${wanted}`);
  return end;
}

function textOf(end: Exclude<End, null>): string {
  return end.ok ? end.text : `the failure ${storedErrorText(end.error)}`;
}

/** A handler before any checkpoint is refused on the spot. */
export function endOfStep(
  interpreter: Interpreting,
  statement: StepStatement,
  { scope, at }: { readonly scope: ScopePlace; readonly at: number },
): End {
  const { checkpointAt } = interpreter.recorded;
  if (statement.handler !== undefined && (checkpointAt === 0 || checkpointAt > at))
    return { ok: false, error: new RollbackCheckpointError(statement.name), origin: null, at };
  const path = scope.named(statement.name);
  const entry = interpreter.recorded.entry(path);
  if (entry === null || entry.status === "pending") return null;
  const problem = interpreter.steps.problem(statement, path, entry);
  if (problem !== null) interpreter.problems.push(problem);
  const end = entryEnd(interpreter, path, resultText);
  if (!statement.asData || end === null) return end;
  if (end.ok) return value(objectText({ ok: "true", value: end.text }), end.at);
  if (RollbackError.is(end.error)) return end;
  const kind = StepExhaustedError.is(end.error)
    ? "exhausted"
    : StepTimeoutError.is(end.error)
      ? "timeout"
      : "critical";
  return value(canonicalText(failureValue({ kind, error: end.error })), end.at);
}
