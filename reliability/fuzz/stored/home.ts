import type { VirtualClock } from "#holdfast/testing.ts";
import type { BuiltRun } from "./built-run.ts";
import type { Cell, Image, Shape } from "./image.ts";
import type { Programs } from "./stages/programs.ts";
import type { Standing } from "./standing.ts";

/** What a kind of storage goes on with. */
export interface Journey {
  readonly clock: VirtualClock;
  readonly programs: Programs;
  readonly seed: string;
  readonly runs: readonly BuiltRun[];
  /** Whether runs that are held are sent messages too, and looked at in every way. @default true */
  readonly insists?: boolean;
  /** Whether an operator lets all of them go on, and not only those that he held himself. */
  readonly resume?: boolean;
}

/** How the runs stand at the end of a journey. */
export interface Arrival {
  readonly standings: ReadonlyMap<string, Standing>;
  /** How often each run was claimed, where there are claims. */
  readonly claims: ReadonlyMap<string, number>;
  /** What was thrown without a type by what is not about one run alone. */
  readonly untyped: readonly string[];
}

/** An open storage whose bytes can be had and replaced. */
export interface OpenStorage {
  read(): Image;
  /** Replaces everything. If the storage takes no such rows, nothing is written; gives the runs whose rows those are. */
  write(image: Image): ReadonlySet<Cell>;
  /** The runs are taken up, messages are sent, and time passes until everything is at rest. */
  goOn(journey: Journey): Promise<Arrival>;
  /** Deletes a run; whether it was there and is gone. Absent where a run is deleted with its storage. */
  delete?(workflowId: string): Promise<boolean>;
  close(): Promise<void>;
}

/** A kind of storage. */
export interface Home {
  readonly name: string;
  readonly shape: Shape;
  /** A run of every stage that there can be, several times. */
  build(programs: Programs, copies: number): Promise<BuiltRun[]>;
  open(clock: VirtualClock): OpenStorage;
}
