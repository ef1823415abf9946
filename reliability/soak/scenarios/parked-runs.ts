import { createHost, defineWorkflow, type Host, type WorkflowContext } from "#holdfast/index.ts";
import { sqliteStore } from "#holdfast/sqlite.ts";
import { liveHeapBytes, settleHeap } from "../measure/heap.ts";
import { reaches } from "../measure/patience.ts";
import { temporaryFile } from "../measure/temporary-file.ts";
import { atMost, type Findings } from "../report/check.ts";
import type { Form, Scenario } from "./scenario.ts";

/** Runs that wait for a message, with a timer beside. */
export interface ParkedRuns {
  readonly count: number;
  /** Parked runs that the host keeps in memory. */
  readonly cacheSize: number;
  /** Bytes of heap that one may take while it is parked. */
  readonly heapBytes: number;
  /** Is given the context of each run, as whoever keeps it would be. */
  readonly keep?: (ctx: object) => void;
}

const SIZES: Readonly<Record<Form, number>> = { short: 1_000, long: 10_000 };
/** Bytes of heap that may be left when all runs have ended: caches that have filled, code that was compiled. */
const LEFT_BYTES = 1_500_000;
/** In memory: more than the 4 KB that are aimed at; see the README. */
const CACHED_BYTES = 20_000;
/** Not in memory: of 1,000 runs the caches' share is most of it. */
const UNCACHED_BYTES = 1_000;

/** S3: what a parked run costs in this process, and that nothing is left when it has ended. */
export async function parkRuns(parked: ParkedRuns): Promise<Findings> {
  const { count, cacheSize, keep = () => {} } = parked;
  const file = temporaryFile("parked.db");
  const store = sqliteStore({ path: file.path, synchronous: "normal" });
  const workflow = waiting(keep);
  const host = await createHost({ store, workflows: [workflow], cacheSize });
  const counted = (state: "sleeping" | "completed") => async () => (await host.statistics()).runs[state];

  // Everything is compiled and every cache is filled once before it is measured.
  await startRuns(host, { workflow, from: 0, to: WARM_UP });
  await reaches(WARM_UP, counted("sleeping"));
  await finishRuns(host, { from: 0, to: WARM_UP });
  await reaches(WARM_UP, counted("completed"));

  const before = await memory();
  await startRuns(host, { workflow, from: WARM_UP, to: WARM_UP + count });
  await reaches(count, counted("sleeping"));
  const during = await memory();
  await finishRuns(host, { from: WARM_UP, to: WARM_UP + count });
  await reaches(WARM_UP + count, counted("completed"));
  const after = await memory();
  await host.stop();
  await store.close();
  file.remove();
  const heap = (during.heap - before.heap) / count;
  const left = (after.heap - before.heap) / count;
  return {
    figures: [
      { name: "parked runs", value: count, unit: "" },
      { name: "resident memory per parked run", value: (during.rss - before.rss) / count, unit: "B" },
    ],
    checks: [
      atMost(parked.heapBytes, { name: "heap per parked run", measured: heap, unit: "B" }),
      atMost(LEFT_BYTES / count, { name: "heap left per run that has ended", measured: left, unit: "B" }),
    ],
  };
}

const WARM_UP = 300;

function waiting(keep: (ctx: object) => void) {
  return defineWorkflow({
    name: "waiting",
    run: async (ctx: WorkflowContext) => {
      keep(ctx);
      await ctx.step("before", () => "done");
      const message = await ctx.queue.next("wait", { names: ["go"], timeout: "30d" });
      return message.body;
    },
  });
}

async function startRuns(
  host: Host,
  { workflow, from, to }: { workflow: ReturnType<typeof waiting>; from: number; to: number },
): Promise<void> {
  await inBatches({ from, to }, (index) => host.start(workflow, { workflowId: `run-${index}` }));
}

async function finishRuns(host: Host, range: { from: number; to: number }): Promise<void> {
  await inBatches(range, (index) => host.handle(`run-${index}`).send("go", index));
}

async function inBatches(
  { from, to }: { from: number; to: number },
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  for (let start = from; start < to; start += 100) {
    const length = Math.min(100, to - start);
    await Promise.all(Array.from({ length }, (_, index) => work(start + index)));
  }
}

async function memory(): Promise<{ readonly heap: number; readonly rss: number }> {
  await settleHeap();
  return { heap: liveHeapBytes(), rss: process.memoryUsage.rss() };
}

export const parkedRuns: readonly Scenario[] = [
  {
    id: "S3-cached",
    title: "parked runs in one process, all kept in memory",
    run: (form) => parkRuns({ count: SIZES[form], cacheSize: 2 * SIZES[form], heapBytes: CACHED_BYTES }),
  },
  {
    id: "S3-uncached",
    title: "parked runs in one process, none kept in memory",
    run: (form) => parkRuns({ count: SIZES[form], cacheSize: 0, heapBytes: UNCACHED_BYTES }),
  },
];
