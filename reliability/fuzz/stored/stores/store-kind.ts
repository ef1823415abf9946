import type { WorkflowStore } from "#holdfast/index.ts";
import type { VirtualClock } from "#holdfast/testing.ts";
import type { Cell, Image, Shape } from "../image.ts";

/** An open store whose bytes can be had and replaced. */
export interface OpenStore {
  readonly store: WorkflowStore;
  readonly read: () => Image;
  /** Replaces everything, unless the store takes no such rows: gives the runs whose rows those are. */
  readonly write: (image: Image) => ReadonlySet<Cell>;
  readonly close: () => Promise<void>;
}

/** A kind of store. */
export interface StoreKind {
  readonly name: string;
  readonly shape: Shape;
  readonly open: (clock: VirtualClock) => OpenStore;
}
