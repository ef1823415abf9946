import { SegmentType } from "../../history/location.ts";
import { checkName } from "../../model/check.ts";
import { DEFAULT_LIMITS, type Limits } from "../../model/limits.ts";
import type { Run } from "./run.ts";
import type { Scope } from "./scope.ts";

/**
 * Owns: what has been allowed before. What is recorded was allowed when it was asked for, and a replay may run under other limits
 * than the code did: they count for what is new, so that a history is read under any (P6).
 */

const ANY_NAME: Limits = { ...DEFAULT_LIMITS, nameBytes: Number.POSITIVE_INFINITY };

/** Whether the history has an operation of this name in this scope. */
export function isRecorded({ place, run }: Scope, name: string): boolean {
  const known = run.journal.knownName(name);
  return known !== undefined && (place.existing(SegmentType.name, known)?.entry ?? null) !== null;
}

/** @throws InvalidArgumentError; LimitError when the name is too long, and not one that the run has already */
export function checkNameIn(run: Run, name: unknown, what: string): asserts name is string {
  const known = typeof name === "string" && run.journal.knownName(name) !== undefined;
  checkName(name, what, known ? ANY_NAME : run.limits);
}

/**
 * Of a message that `wait` asks for.
 * @throws InvalidArgumentError; LimitError when the name is too long, and the wait is new
 */
export function checkWantedName(
  scope: Scope,
  wait: string,
  { wanted, what }: { readonly wanted: unknown; readonly what: string },
): void {
  checkName(wanted, what, isRecorded(scope, wait) ? ANY_NAME : scope.run.limits);
}
