import { LimitError } from "../../model/errors/argument-errors.ts";
import type { DriverLimits } from "../../storage/records.ts";
import type { KVChange } from "./ordered-kv.ts";

const REMEDY = "Nothing was written. Commit less at once, or use a storage that takes larger batches.";

/** Throws `LimitError` when the change, with the driver's own rows, is more than the namespace takes. */
export function assertChangeFits(workflowId: string, change: KVChange, limits: Partial<DriverLimits>): void {
  let valueBytes = 0;
  let batchBytes = 0;
  for (const { key, value } of change.puts) {
    valueBytes = Math.max(valueBytes, value.length);
    batchBytes += key.length + value.length;
  }
  const batchRows = change.puts.length + change.deletes.length + change.deleteRanges.length;
  const actual: DriverLimits = { valueBytes, batchBytes, batchRows };
  for (const limit of ["valueBytes", "batchBytes", "batchRows"] as const) {
    const maximum = limits[limit];
    if (maximum === undefined || actual[limit] <= maximum) continue;
    const where = `A write of run "${workflowId}"`;
    throw new LimitError({ limit, maximum, actual: actual[limit], where, remedy: REMEDY });
  }
}
