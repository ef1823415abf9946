import { type MemoryDriver, memoryDriver, memoryStore } from "holdfast/memory";
import type { Stage } from "../smoke/stage.ts";

/** Storage in memory; a driver begins with what the one before has stored by then. */
export const memoryStage: Stage = {
  name: "memory",
  async open() {
    let last: MemoryDriver | null = null;
    return {
      driver() {
        const next = memoryDriver({ workflowId: "run" });
        if (last !== null) next.restore(last.dump());
        last = next;
        return next;
      },
      store: () => memoryStore(),
      close: async () => {},
    };
  },
};
