import type { MemoryDump } from "#holdfast/drivers/memory/memory-dump.ts";
import type { Scenario } from "../world/scenario.ts";
import type { Fact } from "./fact.ts";

/** Everything that is known of one world when it has ended. */
export interface Evidence {
  readonly scenario: Scenario;
  readonly facts: readonly Fact[];
  /** The store's bytes at the end, whatever storage it was. */
  readonly stored: MemoryDump;
  /** True time at the end, in milliseconds since the epoch. */
  readonly endedAt: number;
  /** When the last fault or incident came; before it nothing is promised of how fast things go on. */
  readonly quietSince: number;
  /** Whether the world ended because nothing was left to do, and not because its time was over. */
  readonly atRest: boolean;
}
