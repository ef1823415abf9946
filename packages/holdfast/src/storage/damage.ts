import { CorruptionError } from "../model/errors/history-errors.ts";
import type { StoredMessage } from "./records.ts";
import type { RunRow } from "./run-row.ts";
import { type MessagePlace, queueSealWith, sealOfMessage, sealOfRun } from "./seals.ts";

/**
 * What is done about rows that are not what was written (P15): the run is shown as paused, nobody runs it, and nothing of
 * it is written until the row is what it was.
 */

const ROW_DAMAGED =
  "the row that the run is found and woken by does not fit its checksum, so nothing in it can be relied on";

/** The row as it is seen: what was read when it fits `seal`, else one that shows a damaged run. Rows of old have none. */
export function seenRow(read: RunRow, seal: number | null): RunRow {
  return seal === null || sealOfRun(read) === seal ? read : damagedRow(read);
}

/** A run that nobody takes up; what it is called is left as it was read. */
function damagedRow(read: RunRow): RunRow {
  return {
    ...read,
    revision: count(read.revision),
    epoch: count(read.epoch),
    claimsWithoutCommit: count(read.claimsWithoutCommit),
    queued: count(read.queued),
    createdAt: count(read.createdAt),
    updatedAt: count(read.updatedAt),
    status: "paused",
    wakeAt: null,
    wants: null,
    dueAt: null,
    wokenIn: null,
    pauseRequested: false,
    lease: null,
    damaged: true,
  };
}

/** Numbers that can be shown, whatever was read. */
function count(read: number): number {
  return Number.isSafeInteger(read) && read >= 0 ? read : 0;
}

/** The error of a run whose row is damaged. */
export function rowDamage({ workflowId }: Pick<RunRow, "workflowId">): CorruptionError {
  return new CorruptionError("checksum", "", ROW_DAMAGED, { workflowId });
}

/** @throws CorruptionError when the row is damaged: nothing can be decided on it, and nothing may be written over it. */
export function assertSound(run: RunRow): void {
  if (run.damaged) throw rowDamage(run);
}

/** A queued message as it was read; messages of old have no seal. */
export interface SealedPlace extends MessagePlace {
  readonly seal: number | null;
}

/** @throws CorruptionError when a message does not stand where it was put. */
function assertPlaced(workflowId: string, message: SealedPlace): void {
  if (message.seal === null || message.seal === sealOfMessage(workflowId, message)) return;
  const problem = `message ${JSON.stringify(message.id)} in the queue does not fit its checksum`;
  throw new CorruptionError("checksum", "", problem, { workflowId });
}

/** The message that is stored. @throws CorruptionError when it does not stand where it was put */
export function openMessage(
  { workflowId }: Pick<RunRow, "workflowId">,
  { place, body }: { readonly place: SealedPlace; readonly body: Uint8Array },
): StoredMessage {
  assertPlaced(workflowId, place);
  const { id, name, createdAt, expiresAt, completable } = place;
  return { id, name, body, createdAt, expiresAt, completable };
}

/** What is wrong with the queue of a run as a whole; null when it is what was written. */
export function queueDamage(run: RunRow, queue: Iterable<SealedPlace>): CorruptionError | null {
  const { workflowId } = run;
  let messages = 0;
  let seal = 0;
  try {
    for (const message of queue) {
      assertPlaced(workflowId, message);
      messages += 1;
      seal = queueSealWith(seal, message.seal ?? 0);
    }
  } catch (error) {
    if (CorruptionError.is(error)) return error;
    throw error;
  }
  if (messages === run.queued && seal === run.queueSeal) return null;
  const problem = `${messages} messages are queued where ${run.queued} were put, or others than those`;
  return new CorruptionError("missing", "", problem, { workflowId });
}
