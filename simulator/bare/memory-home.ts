import type { MemoryDriver } from "#holdfast/drivers/memory/memory-driver.ts";
import { memoryDriver } from "#holdfast/drivers/memory/memory-driver.ts";
import type { MemoryRunDump } from "#holdfast/drivers/memory/memory-run.ts";
import type { EngineDriver } from "#holdfast/storage/driver.ts";
import { dueAt } from "#holdfast/storage/due.ts";
import type { DriverLimits } from "#holdfast/storage/records.ts";
import type { CallName } from "../world/call-name.ts";
import type { Hints } from "../world/hints.ts";
import type { SimProcess } from "../world/sim-process.ts";
import type { Wire } from "../world/wire.ts";
import type { BareHome, BareWitness } from "./bare-home.ts";

/** What leads to a home. */
export interface BareAccess {
  readonly run: string;
  readonly wire: Wire;
  readonly hints: Hints;
  readonly now: () => number;
  /** As of `Scenario`. */
  readonly limits: Partial<DriverLimits> | undefined;
  readonly witness: BareWitness;
}

/** A bare run in the memory driver: calls of the driver go over the wire, and the platform looks for what is due. */
export class MemoryHome implements BareHome {
  readonly #access: BareAccess;
  readonly #stored: MemoryDriver;

  constructor(access: BareAccess) {
    this.#access = access;
    this.#stored = memoryDriver({ workflowId: access.run, clock: { now: access.now } });
  }

  driver(process: SimProcess): EngineDriver {
    const { wire, hints, witness, run, limits } = this.#access;
    const stored = this.#stored;
    const call = <T>(name: CallName, act: () => Promise<T>): Promise<T> =>
      wire.call(process, { name, run, act });
    return {
      limits: { ...stored.limits, ...limits },
      load: () => call("load", () => stored.load()),
      list: (prefix, page) => call("rows", () => stored.list(prefix, page)),
      commit: (batch) =>
        call("commit", async () => {
          await stored.commit(batch);
          await witness.committed(process, batch);
        }),
      applied: (batchId) => call("applied", () => stored.applied(batchId)),
      peekMessages: (names, count) => call("peek", () => stored.peekMessages(names, count)),
      enqueueMessage: (message) =>
        call("enqueue", async () => {
          await stored.enqueueMessage(message);
          witness.enqueued(process, message);
        }),
      waitForMessages: (names, signal) =>
        hints.wait(process, signal, (until) => stored.waitForMessages(names, until)),
    };
  }

  async dump(): Promise<MemoryRunDump | null> {
    return this.#stored.dump().runs[0] ?? null;
  }

  async isDue(now: number): Promise<boolean> {
    const run = await this.dump();
    if (run === null) return false;
    const wanted = run.messages.some(({ name }) => run.row.wants?.includes(name));
    // The rows of bare runs have no workflow, so that no host takes them.
    const due = dueAt({ ...run.row, workflowName: "bare" }, now, () => wanted);
    return due !== null && due <= now;
  }

  ring(_process: SimProcess, run: () => Promise<void>): Promise<void> {
    return run();
  }
}
