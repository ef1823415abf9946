// Storage in memory, for tests.
export { MemoryDriver, type MemoryDriverOptions, memoryDriver } from "./drivers/memory/memory-driver.ts";
export type { MemoryDump } from "./drivers/memory/memory-dump.ts";
export type { MemoryOptions } from "./drivers/memory/memory-options.ts";
export type { MemoryRunDump } from "./drivers/memory/memory-run.ts";
export { MemoryStore, memoryStore } from "./drivers/memory/memory-store.ts";
export type { MemoryStatistics } from "./drivers/memory/memory-transactor.ts";
