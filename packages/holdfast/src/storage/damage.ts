import { CorruptionError } from "../model/errors/history-errors.ts";
import type { StoredMessage } from "./records.ts";
import type { RunRow } from "./run-row.ts";
import { type MessagePlace, queueSealWith, sealOfMessage, sealOfRemembered, sealOfRun } from "./seals.ts";

/**
 * What is done about rows that are not what was written (P15): the run is shown as paused, nobody runs it, and nothing of
 * it is written until the row is what it was.
 */

const ROW_DAMAGED =
  "the row that the run is found and woken by does not fit its checksum, so nothing in it can be relied on";

/** The row as it is seen: what was read when it fits `seal`, else one that shows a damaged run. Rows of old have none. */
export function seenRow(read: RunRow, seal: number | null): RunRow {
  return isKey(read.key) && (seal === null || sealOfRun(read) === seal) ? read : damagedRow(read);
}

/** What a row is not known by exactly is written over nothing, or over another row. */
function isKey(key: number): boolean {
  return Number.isSafeInteger(key) && key > 0;
}

/** A run that nobody takes up; what it is called is left as it was read. */
export function damagedRow(read: RunRow): RunRow {
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
    requested: null,
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

/** The id of a consumed message as it was read; those of old have no seal. */
export interface RememberedId {
  readonly id: string;
  readonly seal: number | null;
}

/** @throws CorruptionError when no message of this id was ever consumed by this run. */
export function assertRemembered(workflowId: string, { id, seal }: RememberedId): void {
  if (seal === null || seal === sealOfRemembered(workflowId, id)) return;
  const problem = `the id ${JSON.stringify(id)} among those of consumed messages does not fit its checksum`;
  throw new CorruptionError("checksum", "", problem, { workflowId });
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

/** What a run keeps of its messages: those that are queued, and ids of consumed ones. */
export interface KeptMessages {
  places(): Iterable<SealedPlace>;
  remembered(): Iterable<RememberedId>;
}

/** What is wrong with the queue of a run as a whole; null when it is what was written. */
export function queueDamage(run: RunRow, kept: KeptMessages): CorruptionError | null {
  try {
    assertQueue(run, kept);
    return null;
  } catch (error) {
    if (CorruptionError.is(error)) return error;
    throw error;
  }
}

function assertQueue(run: RunRow, kept: KeptMessages): void {
  const { workflowId } = run;
  let messages = 0;
  let seal = 0;
  for (const message of kept.places()) {
    assertPlaced(workflowId, message);
    messages += 1;
    seal = queueSealWith(seal, message.seal ?? 0);
  }
  for (const remembered of kept.remembered()) {
    assertRemembered(workflowId, remembered);
    seal = queueSealWith(seal, remembered.seal ?? 0);
  }
  if (messages !== run.queued || seal !== run.queueSeal) throw queueIsWrong(run, messages);
}

/** Queues so long are counted with each consumption. */
export const COUNTED_MESSAGES = 16;

/**
 * For a runner that has had the run in memory for long, and has not read its queue as a whole: a message that was put there
 * again would be consumed twice.
 * @throws CorruptionError when other messages are queued than were put there, so far as a count of a short queue tells
 */
export function assertCounted(
  run: Pick<RunRow, "workflowId" | "queued">,
  count: (most: number) => number,
): void {
  if (run.queued > COUNTED_MESSAGES) return;
  const found = count(COUNTED_MESSAGES + 1);
  if (found !== run.queued) throw queueIsWrong(run, found);
}

/**
 * For such a runner, too, where not all that is queued was found by its name: a message whose name has changed would be passed over.
 * @throws CorruptionError when a short queue is not what was put there
 */
export function assertFound(
  run: Pick<RunRow, "workflowId" | "queued">,
  found: number,
  places: () => Iterable<SealedPlace>,
): void {
  if (run.queued > COUNTED_MESSAGES || found === run.queued) return;
  const queued = [...places()];
  for (const place of queued) assertPlaced(run.workflowId, place);
  if (queued.length !== run.queued) throw queueIsWrong(run, queued.length);
}

/** The error of a queue that is not what was written, though each message that is there is. */
export function queueIsWrong(
  { workflowId, queued }: Pick<RunRow, "workflowId" | "queued">,
  found: number,
): CorruptionError {
  const problem =
    found === queued
      ? "messages are queued, or ids of consumed ones are kept, that are not those that were put there"
      : `${found} messages are queued where ${queued} were put`;
  return new CorruptionError("missing", "", problem, { workflowId });
}

/** Where the first message of an empty queue stands. */
export function firstPosition(front: boolean): number {
  return front ? -1 : 0;
}

/**
 * Where the next message stands: behind the last of the queue, or in front of the first.
 * @throws CorruptionError when that one does not stand where it was put: then nobody can tell.
 */
export function positionBeside(workflowId: string, end: SealedPlace | null, front: boolean): number {
  if (end === null) return firstPosition(front);
  assertPlaced(workflowId, end);
  const position = front ? end.position - 1 : end.position + 1;
  if (Number.isSafeInteger(position)) return position;
  const problem = `message ${JSON.stringify(end.id)} stands at ${end.position} in the queue`;
  throw new CorruptionError("malformed", "", problem, { workflowId });
}
