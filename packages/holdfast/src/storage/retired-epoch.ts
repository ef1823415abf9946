import { CorruptionError } from "../model/errors/history-errors.ts";
import { sealOfRetired } from "./seals.ts";

/** The highest epoch of all runs that were deleted, as it was read; one of old has no seal. */
export interface RetiredEpoch {
  readonly epoch: number;
  readonly seal: number | null;
}

/** No store comes so far by claims: above it epochs would soon be no exact numbers any more, and fence nobody. */
const HIGHEST = 2 ** 52;

/** @throws CorruptionError when it is not what was written: then no run can be created or deleted until it is. */
export function soundRetiredEpoch(read: RetiredEpoch | null): number {
  if (read === null) throw damagedEpoch("missing", "is missing");
  const { epoch, seal } = read;
  if (seal !== null && seal !== sealOfRetired(epoch))
    throw damagedEpoch("checksum", "does not fit its checksum");
  if (Number.isSafeInteger(epoch) && epoch >= 0 && epoch < HIGHEST) return epoch;
  throw damagedEpoch("malformed", `is ${epoch}`);
}

function damagedEpoch(kind: "missing" | "checksum" | "malformed", problem: string): CorruptionError {
  return new CorruptionError(
    kind,
    "",
    `the highest epoch of deleted runs ${problem}; until it is put back no run can be created or deleted, and the others go on`,
  );
}
