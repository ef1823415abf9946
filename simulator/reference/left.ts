import { RollbackError } from "#holdfast/model/errors/step-errors.ts";
import type { LeftOperation, StatementOf } from "../program/program.ts";
import { type End, Undecided, value } from "./end.ts";
import type { Interpreting } from "./interpreting.ts";
import { endOfListen, endOfSend } from "./messages.ts";
import { endOfStep } from "./operations.ts";
import type { ScopePlace } from "./place.ts";
import { isRefused } from "./refused.ts";

interface Beginning {
  readonly scope: ScopePlace;
  readonly at: number;
}

/** An operation that nobody waits for: its function fails by it when it returns, if it still runs then or has failed. */
export function endOfLeft(
  interpreter: Interpreting,
  { begins }: StatementOf<"left">,
  { scope, at }: Beginning,
): End {
  if (isRefused(begins)) throw new Undecided("a name that is refused");
  const end = endOf(interpreter, begins, { scope, at });
  if (end === null && begins.kind === "step") {
    interpreter.unsure = true;
    scope.running.push(scope.named(begins.name));
  }
  if (end === null || end.ok) return value("undefined", at);
  // It was refused on the spot.
  if (end.origin === null) return end;
  if (begins.kind === "send" || RollbackError.is(end.error) || scope.unseen !== null)
    throw new Undecided("a failure that nobody waits for");
  scope.unseen = { path: scope.named(begins.name), failure: end };
  return value("undefined", at);
}

function endOf(interpreter: Interpreting, begins: LeftOperation, { scope, at }: Beginning): End {
  switch (begins.kind) {
    case "step":
      return endOfStep(interpreter, begins, { scope, at });
    case "send":
      return endOfSend(interpreter, begins, { scope, at });
    case "listen":
      return endOfListen(interpreter, begins, scope);
    case "sleep":
      return value("undefined", at);
  }
}
