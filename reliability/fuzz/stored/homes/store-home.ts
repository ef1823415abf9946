import { DatabaseSync } from "node:sqlite";
import type { WorkflowStore } from "#holdfast/index.ts";
import { memoryStore } from "#holdfast/memory.ts";
import { sqliteStore } from "#holdfast/sqlite.ts";
import type { VirtualClock } from "#holdfast/testing.ts";
import { type Cell, doubledOwners, type Image, type Shape } from "../image.ts";
import { memoryDump, memoryImage, memoryShape } from "./memory-shape.ts";
import { sqliteImage, sqliteShape, writeSqliteImage } from "./sqlite-shape.ts";

/** An open store whose bytes can be had and replaced. */
export interface OpenStore {
  readonly store: WorkflowStore;
  read(): Image;
  /** Replaces everything. If the storage takes no such rows, nothing is written; gives the runs whose rows those are. */
  write(image: Image): ReadonlySet<Cell>;
  close(): Promise<void>;
}

/** A kind of store. */
export interface StoreHome {
  readonly name: string;
  readonly shape: Shape;
  open(clock: VirtualClock): OpenStore;
}

const memoryHome: StoreHome = {
  name: "memory",
  shape: memoryShape,
  open(clock) {
    const store = memoryStore({ clock });
    return {
      store,
      read: () => memoryImage(store.dump()),
      write: (image) => {
        const doubled = doubledOwners(memoryShape, image);
        if (doubled.size === 0) store.restore(memoryDump(image));
        return doubled;
      },
      close: () => store.close(),
    };
  },
};

const sqliteHome: StoreHome = {
  name: "sqlite",
  shape: sqliteShape,
  open(clock) {
    const database = new DatabaseSync(":memory:");
    const store = sqliteStore({ database, clock });
    return {
      store,
      read: () => sqliteImage(database),
      write: (image) => writeSqliteImage(database, image),
      close: async () => {
        await store.close();
        database.close();
      },
    };
  },
};

export const STORE_HOMES: readonly StoreHome[] = [memoryHome, sqliteHome];
