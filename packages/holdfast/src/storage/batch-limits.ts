import { LimitError } from "../model/errors/argument-errors.ts";
import type { CommitBatch, DriverLimits, KVEntry, NewMessage, NewRun } from "./records.ts";

/** What drivers without a tighter bound of their own take: values of 64 MiB, batches of 256 MiB and 100,000 rows. */
export const DEFAULT_DRIVER_LIMITS: DriverLimits = Object.freeze({
  valueBytes: 64 * 1024 * 1024,
  batchBytes: 256 * 1024 * 1024,
  batchRows: 100_000,
});

const REMEDY: Readonly<Record<keyof DriverLimits, string>> = {
  valueBytes:
    "Nothing was written. Store less in one value: keep large data elsewhere and store a reference.",
  batchBytes: "Nothing was written. Commit less at once, or use a storage that takes larger batches.",
  batchRows: "Nothing was written. Commit less at once, or use a storage that takes larger batches.",
};

/** Adds up what a batch writes, and remembers the largest value. */
class Measure {
  bytes = 0;
  rows = 0;
  largest = 0;

  value(value: Uint8Array, keyBytes = 0): void {
    this.rows++;
    this.bytes += keyBytes + value.length;
    if (value.length > this.largest) this.largest = value.length;
  }

  entries(entries: readonly KVEntry[]): void {
    for (const { key, value } of entries) this.value(value, key.length);
  }

  run(run: NewRun): void {
    this.value(run.header);
    this.entries(run.entries);
  }

  assertWithin(limits: DriverLimits, where: string): void {
    assertOne("valueBytes", this.largest, limits, where);
    assertOne("batchBytes", this.bytes, limits, where);
    assertOne("batchRows", this.rows, limits, where);
  }
}

function assertOne(limit: keyof DriverLimits, actual: number, limits: DriverLimits, where: string): void {
  const maximum = limits[limit];
  if (actual > maximum) throw new LimitError({ limit, maximum, actual, where, remedy: REMEDY[limit] });
}

/** Throws `LimitError` when the batch is more than the storage takes: everything it writes counts, headers included. */
export function assertBatchFits(workflowId: string, batch: CommitBatch, limits: DriverLimits): void {
  const measure = new Measure();
  measure.value(batch.header);
  measure.entries(batch.puts);
  for (const answer of batch.complete) measure.value(answer.response);
  for (const { message } of batch.send) measure.value(message.body);
  for (const run of batch.spawn) measure.run(run);
  measure.rows += batch.deletes.length + batch.deleteRanges.length + batch.consume.length;
  measure.rows += batch.retract?.length ?? 0;
  measure.assertWithin(limits, `A commit of run "${workflowId}"`);
}

/** Throws `LimitError` when the new run is more than the storage takes. */
export function assertRunFits(run: NewRun, limits: DriverLimits): void {
  const measure = new Measure();
  measure.run(run);
  measure.assertWithin(limits, `The creation of run "${run.workflowId}"`);
}

/** Throws `LimitError` when the message is more than the storage takes. */
export function assertMessageFits(workflowId: string, message: NewMessage, limits: DriverLimits): void {
  assertOne("valueBytes", message.body.length, limits, `Message "${message.id}" to run "${workflowId}"`);
}
