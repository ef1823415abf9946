import { type Client, RunFinishedError, RunStateError, type WorkflowHandle } from "#holdfast/index.ts";
import type { LedgerClient } from "../ledger/ledger-client.ts";
import type { Operation, Plan } from "./member-config.ts";
import { pauseReason } from "./run-end.ts";
import { untilStored } from "./until-stored.ts";

/** Between two looks for paused runs, and between two wakes. */
const LOOK_MS = 100;
const WAKES = 5;
/** A hold of the engine for these reasons is lifted: the operator's own, and other code's. */
const RESUMED: ReadonlySet<string> = new Set(["operator", "divergence"]);

/** Does to the runs what the plan says, and resumes what was paused. Goes on until its process ends. */
export async function operate(client: Client, ledger: LedgerClient, plan: Plan): Promise<void> {
  for (const { workflowId, operation } of plan.runs) {
    if (operation !== null) void act(client.handle(workflowId), operation, ledger);
  }
  for (;;) {
    await resumePaused(client, ledger);
    await pause();
  }
}

async function act(handle: WorkflowHandle, operation: Operation, ledger: LedgerClient): Promise<void> {
  while ((await untilStored(() => handle.getState())) === null) await pause();
  try {
    await operations[operation](handle, ledger);
  } catch (error) {
    if (!RunFinishedError.is(error) && !RunStateError.is(error)) throw error;
  }
}

const operations: Readonly<
  Record<Operation, (handle: WorkflowHandle, ledger: LedgerClient) => Promise<void>>
> = {
  async pause(handle) {
    await untilStored(() => handle.pause());
  },

  async wake(handle) {
    for (let wakes = 0; wakes < WAKES; wakes++) {
      await untilStored(() => handle.wake());
      await pause();
    }
  },

  cancel: (handle, ledger) => cancel(handle, ledger, false),
  "cancel-compensate": (handle, ledger) => cancel(handle, ledger, true),
};

async function cancel(handle: WorkflowHandle, ledger: LedgerClient, compensate: boolean): Promise<void> {
  const { cancelled } = await untilStored(() => handle.cancel({ compensate }));
  await ledger.append({ type: "cancel", run: handle.workflowId, won: cancelled });
}

async function resumePaused(client: Client, ledger: LedgerClient): Promise<void> {
  const { runs } = await untilStored(() => client.list({ status: "paused" }));
  for (const { workflowId } of runs) {
    const handle = client.handle(workflowId);
    const reason = await untilStored(() => pauseReason(handle));
    if (reason === null || !RESUMED.has(reason)) continue;
    await untilStored(() => handle.resume()).catch((error: unknown) => {
      if (!RunFinishedError.is(error)) throw error;
    });
    await ledger.append({ type: "resume", run: workflowId, reason });
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
