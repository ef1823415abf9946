import { crc32c } from "./crc32c.ts";
import type { NewMessage } from "./records.ts";
import type { RunRow } from "./run-row.ts";

/**
 * Checksums of what storages keep beside the header and the rows of a run, which carry their own: the run's row, by
 * which it is found and woken, the places of its queued messages, the ids of consumed ones that are remembered, and what
 * is left of deleted runs (P15).
 */

const encoder = new TextEncoder();
/** Where what a checksum covers is written down, if it is not longer: one is asked for with every commit. */
const scratch = new Uint8Array(4_096);

/** What a checksum covers: names, numbers and what is absent, each told from the others. */
type Part = string | number | boolean | null | readonly string[];

function sumOf(parts: readonly Part[]): number {
  let told = "";
  for (const part of parts) {
    // JSON has no NaN and no infinities; damage may have put them there.
    const text = typeof part === "number" ? `{"n":"${part}"}` : JSON.stringify(part);
    told = told === "" ? text : `${told},${text}`;
  }
  return sumOfText(`[${told}]`);
}

function sumOfText(text: string): number {
  // No character takes more than three bytes.
  if (text.length * 3 > scratch.length) return crc32c(encoder.encode(text));
  return crc32c(scratch, 0, encoder.encodeInto(text, scratch).written);
}

/** The checksum of a run's row. Its key is left out: that is where the row stands, and not what it says. */
export function sealOfRun(run: RunRow): number {
  return sumOf([
    run.workflowId,
    run.workflowName,
    run.workflowVersion,
    run.fingerprint,
    run.revision,
    run.epoch,
    run.batchId,
    run.status,
    run.wakeAt,
    run.wants,
    run.dueAt,
    run.wokenIn,
    run.requested === "cancel" ? run.requested : run.requested === "pause",
    run.lease?.owner ?? null,
    run.lease?.until ?? null,
    run.claimsWithoutCommit,
    run.queued,
    run.queueSeal,
    run.createdAt,
    run.updatedAt,
  ]);
}

/** What is known of a queued message without its body, which has a checksum of its own. */
export type MessagePlace = Omit<NewMessage, "body"> & {
  /** Where it stands in the queue: the least is the oldest. */
  readonly position: number;
};

/** The checksum of a queued message's place: of this run, at this position. */
export function sealOfMessage(workflowId: string, place: MessagePlace): number {
  return sumOf([
    workflowId,
    place.position,
    place.id,
    place.name,
    place.createdAt,
    place.expiresAt,
    place.completable,
    place.remember,
  ]);
}

/** The checksum of the id of a consumed message that is remembered: of this run. */
export function sealOfRemembered(workflowId: string, messageId: string): number {
  return sumOf([workflowId, messageId]);
}

/** The checksum of the highest epoch of all runs that were deleted. Migration 4 has the one of 0. */
export function sealOfRetired(epoch: number): number {
  return crc32c(encoder.encode(`retired ${epoch}`));
}

/**
 * The seal of a queue with one more of what it covers: messages, and ids of consumed ones that are remembered. The order
 * does not matter: the seal of a message covers its position.
 */
export function queueSealWith(queue: number, seal: number): number {
  return (queue + seal) % 2 ** 32;
}

/** The seal of a queue with one less. */
export function queueSealWithout(queue: number, seal: number): number {
  return (queue + 2 ** 32 - seal) % 2 ** 32;
}
