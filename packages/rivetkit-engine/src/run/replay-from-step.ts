import { RunStateError } from "holdfast";
import {
  forgetFrom,
  type Journal,
  KeySpace,
  loadJournal,
  type Place,
  type RecordedMessage,
} from "holdfast/embedding";
import { HostedDriver } from "../driver/hosted-driver.ts";
import { RUN_ID } from "../driver/run-id.ts";
import { storageOf } from "../history/journal-view.ts";
import { takeOver } from "../history/take-over.ts";
import type { EngineDriver } from "../model/driver.ts";
import type { WorkflowHistorySnapshot } from "../model/history.ts";
import { createHistorySnapshot, createStorage } from "../storage.ts";
import { type OperatedRun, openOperator } from "./operate.ts";
import { returnedMessages } from "./returned-messages.ts";
import { RunningSteps } from "./running-steps.ts";
import { hostedSettings } from "./settings.ts";

/**
 * Forgets a step and everything that was recorded after it (without `entryId`: everything), and has the run start again
 * at once. Messages that the forgotten waits had received are received again.
 */
export async function replayWorkflowFromStep(
  workflowId: string,
  driver: EngineDriver,
  entryId?: string,
  options: { scheduleAlarm?: boolean } = {},
): Promise<WorkflowHistorySnapshot> {
  const { scheduleAlarm = true } = options;
  if (RunningSteps.anyOf(workflowId))
    throw new Error("Cannot replay a workflow while a step is currently running");
  const run = {
    driver: new HostedDriver(driver, scheduleAlarm ? workflowId : null),
    settings: hostedSettings({}),
  };
  await takeOver(driver, run);
  const journal = (await run.driver.readState()) === null ? null : await rewind(run, entryId);
  if (scheduleAlarm) await driver.setAlarm(workflowId, Date.now());
  return createHistorySnapshot(journal === null ? createStorage() : storageOf(journal));
}

async function rewind(run: OperatedRun, entryId: string | undefined): Promise<Journal> {
  const operator = await openOperator(run);
  const { journal } = operator;
  const { messages } =
    entryId === undefined ? forgetAll(journal) : await forgetFromStep(run, journal, entryId);
  for (const space of [KeySpace.output, KeySpace.error, KeySpace.hold]) journal.setSingle(space, null);
  await operator.commit(
    { status: "sleeping", wakeAt: operator.now, rollback: "none" },
    returnedMessages(messages),
  );
  return journal;
}

type Forgotten = Pick<ReturnType<typeof forgetFrom>, "messages">;

/** Everything is recorded after what was recorded first. */
function forgetAll(journal: Journal): Forgotten {
  let first: (Place & { entry: NonNullable<Place["entry"]> }) | null = null;
  const messages: RecordedMessage[] = [];
  for (first = firstOf(journal); first !== null; first = firstOf(journal))
    messages.push(...forgetFrom(journal, journal.format(first)).messages);
  return { messages };
}

function firstOf(journal: Journal): (Place & { entry: NonNullable<Place["entry"]> }) | null {
  // A place under the root: nothing around it keeps it.
  for (const place of journal.root.entries()) return outermost(place) as never;
  return null;
}

function outermost(place: Place): Place {
  let found = place;
  for (let at = place.parent; at !== null && at.segment !== null; at = at.parent)
    if (at.entry !== null) found = at;
  return found;
}

/** Where the iteration around the step cannot be begun again, the loop is. */
async function forgetFromStep(run: OperatedRun, journal: Journal, entryId: string): Promise<Forgotten> {
  const step = [...journal.root.entries()].find((place) => journal.format(place) === entryId);
  if (step === undefined) {
    const known = createHistorySnapshot(storageOf(journal)).entries.some(({ id }) => id === entryId);
    throw new Error(known ? NO_STEP : `Workflow step not found: ${entryId}`);
  }
  if (step.entry.kind !== "step") throw new Error(NO_STEP);
  const probe = (await loadJournal(RUN_ID, run.driver))?.journal ?? journal;
  for (let at: Place = step; ; at = around(at) ?? at) {
    try {
      if (at.entry !== null) {
        forgetFrom(probe, journal.format(at));
        return forgetFrom(journal, journal.format(at));
      }
    } catch (error) {
      if (!RunStateError.is(error) || around(at) === null) throw error;
    }
  }
}

const NO_STEP = "Workflow replay target must be a step";

function around(place: Place): Place | null {
  return place.parent === null || place.parent.segment === null ? null : place.parent;
}
