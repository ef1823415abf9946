import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** V8's own collection; the test runner does not start with --expose-gc, so the flag is set from inside as well. */
const collect: () => void = globalThis.gc === undefined ? exposedGc() : () => void globalThis.gc?.();

function exposedGc(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

/** Bytes of the JavaScript heap that are reachable. */
export function liveHeapBytes(): number {
  collect();
  return getHeapStatistics().used_heap_size;
}

/** Lets finalizers and whatever waits for the event loop run, then collects again. */
export async function settleHeap(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
