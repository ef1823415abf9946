import { checkWorkflowId } from "../../model/check.ts";
import { checkGiven, type OptionNames, optionNames } from "../../model/option-names.ts";
import type { DriverLimits } from "../../storage/records.ts";
import { STORAGE_OPTIONS } from "../../storage/storage-options.ts";
import { TablesDriver } from "../../storage/tables/tables-driver.ts";
import type { MemoryDump } from "./memory-dump.ts";
import { type MemoryOptions, openMemory } from "./memory-options.ts";
import type { MemoryStatistics, MemoryTransactor } from "./memory-transactor.ts";

/** Options of `memoryDriver`. */
export interface MemoryDriverOptions extends MemoryOptions {
  /** The id of the one run, for error messages and for messages that it sends to itself. @default "run" */
  readonly workflowId?: string;
}

const MEMORY_DRIVER_OPTIONS: OptionNames = optionNames<MemoryDriverOptions>({
  ...STORAGE_OPTIONS,
  workflowId: true,
});

/** A bare driver in memory, for tests: one run, epoch 0. */
export class MemoryDriver extends TablesDriver {
  readonly #memory: MemoryTransactor;
  readonly #workflowId: string;

  /** @internal Use `memoryDriver()`. */
  constructor(transactor: MemoryTransactor, workflowId: string, limits: DriverLimits) {
    super(transactor, { workflowId, epoch: 0, bare: true }, limits);
    this.#memory = transactor;
    this.#workflowId = workflowId;
  }

  /** The answer to a completable message, or null while there is none. */
  readResponse(messageId: string): Promise<Uint8Array | null> {
    return this.#memory.read(({ tables }) => {
      const run = tables.findRun(this.#workflowId);
      return run === null ? null : tables.response(run.key, messageId);
    });
  }

  /** A deep copy of everything as plain data. */
  dump(): MemoryDump {
    return this.#memory.dump();
  }

  /** Replaces everything by what `dump()` gave, on this or another driver of the same workflow id. */
  restore(data: MemoryDump): void {
    this.#memory.restore(data);
  }

  /** What was written so far, and what is there now. */
  get stats(): MemoryStatistics {
    return this.#memory.stats;
  }

  /** Later calls reject with `StoreClosedError`; waits end. */
  close(): Promise<void> {
    return this.#memory.close();
  }
}

/**
 * Opens a bare driver in memory: one run that its first commit (expected revision 0) creates.
 * @throws InvalidArgumentError, LimitError
 */
export function memoryDriver(options: MemoryDriverOptions = {}): MemoryDriver {
  checkGiven(options, "The options of memoryDriver", MEMORY_DRIVER_OPTIONS);
  const { workflowId = "run" } = options;
  checkWorkflowId(workflowId);
  const { transactor, limits } = openMemory(options);
  return new MemoryDriver(transactor, workflowId, limits);
}
