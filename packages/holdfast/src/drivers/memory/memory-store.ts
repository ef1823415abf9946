import { checkGiven } from "../../model/option-names.ts";
import type { DriverLimits } from "../../storage/records.ts";
import { TablesStore } from "../../storage/tables/tables-store.ts";
import type { MemoryDump } from "./memory-dump.ts";
import { MEMORY_STORE_OPTIONS, type MemoryOptions, openMemory } from "./memory-options.ts";
import type { MemoryStatistics, MemoryTransactor } from "./memory-transactor.ts";

/** A store in memory, for tests: everything is gone with the process unless `dump()` keeps it. */
export class MemoryStore extends TablesStore {
  readonly #memory: MemoryTransactor;

  /** @internal Use `memoryStore()`. */
  constructor(transactor: MemoryTransactor, limits: DriverLimits) {
    super(transactor, limits);
    this.#memory = transactor;
  }

  /** A deep copy of everything as plain data. */
  dump(): MemoryDump {
    return this.#memory.dump();
  }

  /** Replaces everything by what `dump()` gave, on this or another memory store. */
  restore(data: MemoryDump): void {
    this.#memory.restore(data);
  }

  /** What was written so far, and what is there now. */
  get stats(): MemoryStatistics {
    return this.#memory.stats;
  }
}

/**
 * Opens a store in memory.
 * @throws InvalidArgumentError
 *
 * @example
 * const store = memoryStore();
 * const host = await createHost({ store, workflows: [order] });
 */
export function memoryStore(options: MemoryOptions = {}): MemoryStore {
  checkGiven(options, "The options of memoryStore", MEMORY_STORE_OPTIONS);
  const { transactor, limits } = openMemory(options);
  return new MemoryStore(transactor, limits);
}
