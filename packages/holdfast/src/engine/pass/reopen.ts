import type { Entry } from "../../history/entry.ts";
import type { Journal } from "../../history/journal.ts";
import { KeySpace, parseKey } from "../../history/key.ts";
import type { Place } from "../../history/place.ts";
import { decodeKeys, decodeRunFailure } from "../../history/run-failure.ts";

/**
 * A run that has ended goes on like one that slept; how it ended is forgotten with the next commit. What was recorded
 * stays, failures of steps, joins and races included: only the loops and try blocks that a failure came through are entered
 * again, since the code in them may do better now.
 */
export function reopen(journal: Journal): void {
  const { status, rollback } = journal.header;
  if (rollback !== "none" || (status !== "completed" && status !== "failed")) return;
  const row = journal.single(KeySpace.error);
  for (const key of row === null ? [] : decodeRunFailure(row).origins) reenter(journal, key);
  journal.header = { ...journal.header, status: "sleeping" };
  journal.setSingle(KeySpace.output, null);
  journal.setSingle(KeySpace.error, null);
}

function reenter(journal: Journal, key: Uint8Array): void {
  const place = journal.root.descend(parseKey(key).segments);
  const { entry } = place;
  if (entry?.status !== "failed" || (entry.kind !== "loop" && entry.kind !== "try")) return;
  const within = entry.detail === null ? [] : decodeKeys(entry.detail);
  resetBlock(journal, place as Place & { entry: Entry });
  for (const inner of within) reenter(journal, inner);
}

/** A failed block is pending again. A loop goes on with the iteration that failed, in the state that it began with. */
export function resetBlock(journal: Journal, place: Place & { entry: Entry }): void {
  const { entry } = place;
  const settledAt = entry.kind === "loop" ? entry.beganAt : 0;
  const open = { status: "pending", sequence: 0, settledAt, beganAt: 0, result: null, detail: null } as const;
  journal.write(place, { ...entry, ...open });
}
