import type { RunHeader } from "../../history/header.ts";
import { isTerminal } from "../../model/run.ts";
import type { RunSchedule } from "../../storage/records.ts";
import type { PassState } from "./pass-state.ts";

/**
 * Owns: whether a storage would wake a run by what is right (P9, P15). What it keeps for that has no checksum; the header
 * has one, and the waits of the code say the rest.
 */

/** Whether the storage would wake the run by just this; one that does not say is trusted. */
export function isScheduled(stored: RunSchedule | null, right: RunSchedule): boolean {
  if (stored === null) return true;
  if (stored.status !== right.status || stored.wakeAt !== right.wakeAt) return false;
  if (stored.wants === null || right.wants === null) return stored.wants === right.wants;
  const wanted = new Set(right.wants);
  return stored.wants.length === wanted.size && stored.wants.every((name) => wanted.has(name));
}

/**
 * Commits the header's status where the storage shows another one and the pass itself would commit nothing: of a run that
 * has ended, is held, or rolls back.
 */
export async function mendSchedule(state: PassState): Promise<void> {
  const { journal, committer, report, schedule } = state;
  const { status, pause }: RunHeader = journal.header;
  if (schedule === null || schedule.status === status) return;
  if (!isTerminal(status) && status !== "paused" && status !== "rolling_back") return;
  report.warn("the storage showed another state of the run than its header has; it is mended", {
    stored: schedule.status,
    status,
  });
  await committer.commit({ status, pause }, null);
  state.schedule = { status, wakeAt: null, wants: null };
}
