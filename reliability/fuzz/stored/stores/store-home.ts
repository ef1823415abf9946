import { DatabaseSync } from "node:sqlite";
import { memoryStore } from "#holdfast/memory.ts";
import { sqliteStore } from "#holdfast/sqlite.ts";
import type { Home } from "../home.ts";
import { doubledOwners } from "../image.ts";
import { buildInStores } from "./build.ts";
import { goOnInStore } from "./go-on.ts";
import { memoryDump, memoryImage, memoryShape } from "./memory-shape.ts";
import { sqliteImage, sqliteShape, writeSqliteImage } from "./sqlite-shape.ts";
import type { StoreKind } from "./store-kind.ts";

const memory: StoreKind = {
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

const sqlite: StoreKind = {
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

/** Runs in one store, taken up by a host. */
function homeOf(kind: StoreKind): Home {
  return {
    name: kind.name,
    shape: kind.shape,
    build: (programs, copies) => buildInStores(kind, programs, copies),
    open(clock) {
      const opened = kind.open(clock);
      const { store, read, write, close } = opened;
      return {
        read,
        write,
        close,
        goOn: (journey) => goOnInStore(store, journey),
        delete: async (workflowId) =>
          (await store.delete(workflowId)) && (await store.get(workflowId)) === null,
      };
    },
  };
}

export const STORE_HOMES: readonly Home[] = [homeOf(memory), homeOf(sqlite)];
