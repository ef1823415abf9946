import type { MemoryRunDump } from "#holdfast/drivers/memory/memory-run.ts";
import type { EngineDriver } from "#holdfast/storage/driver.ts";
import type { CommitBatch, NewMessage } from "#holdfast/storage/records.ts";
import type { SimProcess } from "../world/sim-process.ts";

/** Where one bare run of a world is kept, whatever its processes do. */
export interface BareHome {
  /** Its driver as a process sees it: over the wire, with all faults. */
  driver(process: SimProcess): EngineDriver;
  /** Everything that is stored of the run, under no fault; null: nothing of it. */
  dump(): Promise<MemoryRunDump | null>;
  /** Whether the platform is to run it now. */
  isDue(now: number): Promise<boolean>;
  /** The platform has a process run it: `run` makes its pass look again, or begins one. */
  ring(process: SimProcess, run: () => Promise<void>): Promise<void>;
}

/** Told of what a home has applied, at that instant. */
export interface BareWitness {
  committed(process: SimProcess, batch: CommitBatch): Promise<void>;
  enqueued(process: SimProcess, message: NewMessage): void;
}
