import { decodeFailure, encodeFailure } from "../../history/failure.ts";
import type { Journal } from "../../history/journal.ts";
import { KeySpace } from "../../history/key.ts";
import type { Place } from "../../history/place.ts";
import { decodeRunFailure, encodeRunFailure } from "../../history/run-failure.ts";
import { RollbackFailedError } from "../../model/errors/step-errors.ts";
import { originsOf } from "../replay/origins.ts";

/**
 * Owns: the row that says why a run failed.
 */

/** Records the workflow's error, and which entries it came from. */
export function recordFailure(journal: Journal, error: unknown, origins: WeakMap<object, Place>): void {
  const keys = originsOf(error, origins, journal.root).map((place) => place.key);
  journal.setSingle(
    KeySpace.error,
    encodeRunFailure({ failure: encodeFailure(error), origins: keys, rollbackFailure: null }),
  );
}

/** Records that the rollback could not be finished, beside the workflow's own error; null takes that back. */
export function recordRollbackFailure(
  journal: Journal,
  failed: { step: string; error: unknown } | null,
): void {
  const row = journal.single(KeySpace.error);
  if (row === null) return;
  const failure = decodeRunFailure(row);
  const rollbackFailure =
    failed === null
      ? null
      : encodeFailure(
          new RollbackFailedError(failed.step, failed.error, { cause: decodeFailure(failure.failure) }),
        );
  journal.setSingle(KeySpace.error, encodeRunFailure({ ...failure, rollbackFailure }));
}

/** The workflow's own error. */
export function originalError(journal: Journal): unknown {
  const row = journal.single(KeySpace.error);
  return row === null ? undefined : decodeFailure(decodeRunFailure(row).failure);
}

/** The error that a failed run rejects with. */
export function storedError(journal: Journal): unknown {
  const row = journal.single(KeySpace.error);
  if (row === null) return undefined;
  const { failure, rollbackFailure } = decodeRunFailure(row);
  return decodeFailure(rollbackFailure ?? failure);
}
