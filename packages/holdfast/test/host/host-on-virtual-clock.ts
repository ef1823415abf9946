import {
  createHost,
  type Host,
  type HostOptions,
  type LogMethod,
  type RunState,
  type WorkflowEvent,
  type WorkflowHandle,
} from "holdfast";
import { type MemoryStore, memoryStore } from "holdfast/memory";
import { type VirtualClock, virtualClock } from "holdfast/testing";
import { onTestFinished } from "vitest";

/** A store in memory and hosts on it, all on one virtual clock. */
export interface VirtualStore {
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  readonly events: WorkflowEvent[];
  /** What was logged as a warning or an error. */
  readonly complaints: string[];
  host(options: Omit<HostOptions, "store"> & { store?: HostOptions["store"] }): Promise<Host>;
}

/** Hosts are stopped when the test has finished. */
export function virtualStore(): VirtualStore {
  const clock = virtualClock();
  const store = memoryStore({ clock });
  const events: WorkflowEvent[] = [];
  const complaints: string[] = [];
  const complain: LogMethod = (details, message) =>
    complaints.push(`${message} ${String(details.error ?? "")}`);
  const logger = { debug: () => {}, info: () => {}, warn: complain, error: complain };
  const host = async (
    options: Omit<HostOptions, "store"> & { store?: HostOptions["store"] },
  ): Promise<Host> => {
    const observers = [(event: WorkflowEvent) => void events.push(event)];
    const common = { store, clock, scheduler: clock.scheduler, logger, observers };
    const made = await createHost({ ...common, ...options });
    onTestFinished(() => clock.settle(made.stop({ timeoutMs: 0 })));
    return made;
  };
  return { clock, store, events, complaints, host };
}

/** Lets virtual time pass until the run is in one of these states. */
export async function reaches(
  clock: VirtualClock,
  handle: Pick<WorkflowHandle, "getState">,
  ...states: RunState[]
): Promise<void> {
  for (let looks = 0; looks < 1_000; looks++) {
    await clock.runUntilIdle();
    const state = await handle.getState();
    if (state !== null && states.includes(state)) return;
    await clock.advance(10);
  }
  throw new Error(`The run did not become ${states.join(" or ")}; it is ${await handle.getState()}.`);
}

/** A promise that is settled from outside. */
export class Gate {
  readonly passed: Promise<void>;
  open!: () => void;

  constructor() {
    this.passed = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}
