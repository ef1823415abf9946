import { JoinError, MapError, RaceError } from "#holdfast/model/errors/block-errors.ts";
import {
  CriticalError,
  RollbackError,
  StepExhaustedError,
  StepInterruptedError,
  StepTimeoutError,
} from "#holdfast/model/errors/step-errors.ts";
import { failureValue } from "../program/block-values.ts";
import { canonicalText } from "../program/canonical.ts";
import type { StatementOf } from "../program/program.ts";
import { type End, type Failure, objectText, value } from "./end.ts";
import type { Interpreting } from "./interpreting.ts";
import { blockEnd, storedErrorText } from "./operations.ts";
import { ScopePlace } from "./place.ts";

const CAUGHT_BY_ITSELF: readonly string[] = ["step", "join", "race"];
const STEP_ERRORS = [StepExhaustedError, StepTimeoutError, StepInterruptedError, CriticalError];

export function endOfTry(
  interpreter: Interpreting,
  statement: StatementOf<"try">,
  { scope, at }: { readonly scope: ScopePlace; readonly at: number },
): End {
  const path = scope.named(statement.name);
  const inner = interpreter.values(statement.body, new ScopePlace(path), { at });
  const end = blockEnd(interpreter, path, asRecorded(statement, inner));
  const failure = caughtFailure(statement, inner);
  // The code sees the failure as data; what is recorded is the same with the error itself.
  if (end === null || !end.ok || failure === null) return end;
  return value(canonicalText(failureValue({ kind: failure.kind, error: failure.error })), end.at);
}

function asRecorded(statement: StatementOf<"try">, inner: End): End {
  if (inner === null) return null;
  if (inner.ok) return value(objectText({ ok: "true", value: inner.text }), inner.at);
  const failure = caughtFailure(statement, inner);
  if (failure === null) return inner;
  const error = storedErrorText(failure.error);
  const text = objectText({ kind: JSON.stringify(failure.kind), error });
  return value(objectText({ ok: "false", failure: text }), inner.at);
}

function caughtFailure(
  statement: StatementOf<"try">,
  inner: End,
): { readonly kind: string; readonly error: unknown } | null {
  if (inner === null || inner.ok) return null;
  const kind = kindOf(inner);
  const caught = statement.catch ?? CAUGHT_BY_ITSELF;
  return kind !== undefined && caught.includes(kind) ? { kind, error: inner.error } : null;
}

/** What kind of operation an error came from; undefined when it is the code's own. */
function kindOf({ error, origin }: Failure): string | undefined {
  if (RollbackError.is(error)) return "rollback";
  if (typeof error !== "object" || error === null) return undefined;
  switch (origin) {
    case "step":
      return "step";
    case "join":
    case "map":
      return "join";
    case "race":
      return "race";
    case "loop":
    case "try":
      return kindByClass(error);
    default:
      return undefined;
  }
}

function kindByClass(error: object): string | undefined {
  if (STEP_ERRORS.some((known) => known.is(error))) return "step";
  if (JoinError.is(error) || MapError.is(error)) return "join";
  return RaceError.is(error) ? "race" : undefined;
}
