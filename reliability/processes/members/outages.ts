import { StorageError } from "#holdfast/index.ts";
import type { World } from "./world.ts";

/** Makes calls of the storage, and tells the ledger of those that fail. */
export type Watched = <Result>(call: string, make: () => Promise<Result>) => Promise<Result>;

export function watchedBy({ ledger }: Pick<World, "ledger">): Watched {
  return async (call, make) => {
    try {
      return await make();
    } catch (error) {
      if (StorageError.is(error)) {
        const { outcome, message } = error;
        void ledger.append({ type: "outage", call, outcome, message });
      }
      throw error;
    }
  };
}
