import type { RunSchedule } from "../../storage/records.ts";
import type { Execution } from "./execution.ts";
import type { PassState } from "./pass-state.ts";
import { isScheduled } from "./schedule.ts";

/** Code has gone on that waited for a promise of its own. */
function goesOn({ stirring, outcome }: Execution): boolean {
  return stirring || outcome !== null;
}

/** Stores what the run waits for; false: a message may have come meanwhile, or a timer is due, so there is something to do. */
export async function parkPass(state: PassState, parked: RunSchedule): Promise<boolean> {
  const { journal, execution, committer, claim } = state;
  if (goesOn(execution)) return false;
  const { header } = journal;
  const { mailbox, outbox, timers } = execution;
  const unchanged =
    header.status === parked.status &&
    header.wakeAt === parked.wakeAt &&
    isScheduled(state.schedule, parked) &&
    !journal.isDirty &&
    outbox.isEmpty;
  if (!unchanged) {
    execution.commitRequired = false;
    await committer.commit(parked, outbox);
    state.schedule = parked;
  }
  // A store looks for messages in the transaction of the commit; for a bare driver the second look is ours.
  if (claim.epoch > 0) return true;
  if (mailbox.isWaiting && !unchanged) {
    mailbox.hint();
    return false;
  }
  return !goesOn(execution) && (timers.delay() ?? 1) > 0;
}
