import { decodeFailure } from "../../history/failure.ts";
import type { Journal } from "../../history/journal.ts";
import { KeySpace } from "../../history/key.ts";
import type { Place } from "../../history/place.ts";
import { decodeRunFailure, encodeRunFailure } from "../../history/run-failure.ts";
import { RollbackFailedError } from "../../model/errors/step-errors.ts";
import type { Payloads } from "../replay/payloads.ts";

/**
 * Owns: the row that says why a run failed.
 */

/** Records the workflow's error, encoded, and the entries that it came from. */
export function recordFailure(journal: Journal, failure: Uint8Array, origins: readonly Place[] = []): void {
  const keys = origins.map((place) => place.key);
  journal.setSingle(KeySpace.error, encodeRunFailure({ failure, origins: keys, rollbackFailure: null }));
}

/** Records that the rollback could not be finished, beside the workflow's own error. */
export function recordRollbackFailure(
  journal: Journal,
  payloads: Payloads,
  failed: { step: string; error: unknown },
): void {
  const cause = originalError(journal);
  setRollbackFailure(
    journal,
    payloads.failure(new RollbackFailedError(failed.step, failed.error, { cause })),
  );
}

/** The rollback is to be finished after all. */
export function forgetRollbackFailure(journal: Journal): void {
  setRollbackFailure(journal, null);
}

function setRollbackFailure(journal: Journal, rollbackFailure: Uint8Array | null): void {
  const row = journal.single(KeySpace.error);
  if (row === null) return;
  journal.setSingle(KeySpace.error, encodeRunFailure({ ...decodeRunFailure(row), rollbackFailure }));
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
