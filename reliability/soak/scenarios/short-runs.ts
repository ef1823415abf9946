import { createHost, defineWorkflow, runWorkflow, type WorkflowContext } from "#holdfast/index.ts";
import { memoryDriver } from "#holdfast/memory.ts";
import { sqliteStore } from "#holdfast/sqlite.ts";
import { Collected } from "../measure/collected.ts";
import { liveHeapBytes } from "../measure/heap.ts";
import { pause } from "../measure/patience.ts";
import { activeResources } from "../measure/resources.ts";
import { afterWarmUp, medianSlope, type Sample } from "../measure/slope.ts";
import { temporaryFile } from "../measure/temporary-file.ts";
import { atLeast, atMost, type Findings } from "../report/check.ts";
import type { Form, Scenario } from "./scenario.ts";

/** Many runs, one batch after the other. */
export interface ShortRuns {
  readonly count: number;
  readonly form: Form;
  /** Is given the context of each run, as whoever keeps it would be. */
  readonly keep?: (ctx: object) => void;
}

/** Runs that are in work at once. */
const BATCH = 100;
/** Of the run contexts, so many must be gone. */
const COLLECTED = 0.999;
/** Bytes of heap per finished run that are no leak. */
const HEAP_SLOPE = 50;
/** Bytes by which the heap grows in all while code is compiled and SQLite's caches fill. */
const HEAP_WARMTH = 1_000_000;
/** Unreferenced timers of the store go on for so long after it was closed. */
const QUIET_MS = 100;

const SIZES: Readonly<Record<Form, number>> = { short: 2_000, long: 100_000 };

/** S2: runs that start and finish, on a host. */
async function shortRunsOnHost({ count, form, keep = () => {} }: ShortRuns): Promise<Findings> {
  const before = activeResources();
  const contexts = new Collected();
  const workflow = brief((ctx) => {
    contexts.show(ctx);
    keep(ctx);
  });
  const file = temporaryFile("runs.db");
  const store = sqliteStore({ path: file.path, synchronous: "normal" });
  const host = await createHost({ store, workflows: [workflow], concurrency: BATCH });
  const heap = await inBatches(count, async (index) => {
    const handle = await host.start(workflow, { workflowId: `run-${index}`, input: index });
    await handle.result();
  });
  await host.stop();
  await store.close();
  file.remove();
  return judge({ count, form, before, heap, contexts });
}

/** S2: the same with the engine alone, each run on a driver of its own. */
export async function shortRunsOnEngine({ count, form, keep = () => {} }: ShortRuns): Promise<Findings> {
  const before = activeResources();
  const contexts = new Collected();
  const workflow = brief((ctx) => {
    contexts.show(ctx);
    keep(ctx);
  });
  const heap = await inBatches(count, async (index) => {
    await runWorkflow(`run-${index}`, workflow, index, memoryDriver({ workflowId: `run-${index}` })).result;
  });
  return judge({ count, form, before, heap, contexts });
}

function brief(started: (ctx: object) => void) {
  return defineWorkflow({
    name: "brief",
    run: async (ctx: WorkflowContext, input: number) => {
      started(ctx);
      const first = await ctx.step("first", () => input);
      return ctx.step("second", () => first + 1);
    },
  });
}

/** Heap after every so many runs. */
async function inBatches(count: number, run: (index: number) => Promise<void>): Promise<Sample[]> {
  const heap: Sample[] = [];
  const each = Math.max(1, Math.floor(count / BATCH / 20));
  for (let batch = 0; batch * BATCH < count; batch++) {
    await Promise.all(Array.from({ length: BATCH }, (_, index) => run(batch * BATCH + index)));
    if (batch % each !== 0) continue;
    await pause(0);
    heap.push({ at: (batch + 1) * BATCH, value: liveHeapBytes() });
  }
  return heap;
}

async function judge(seen: {
  readonly count: number;
  readonly form: Form;
  readonly before: number;
  readonly heap: readonly Sample[];
  readonly contexts: Collected;
}): Promise<Findings> {
  const { count, form, heap } = seen;
  const share = await seen.contexts.share();
  await pause(QUIET_MS);
  const slope = medianSlope(afterWarmUp(heap, 0.2));
  const bound = form === "long" ? HEAP_SLOPE : Math.max(HEAP_SLOPE, HEAP_WARMTH / count);
  return {
    figures: [
      { name: "runs", value: count, unit: "" },
      { name: "live heap at the end", value: heap.at(-1)?.value ?? 0, unit: "B" },
    ],
    checks: [
      atLeast(COLLECTED, { name: "run contexts collected", measured: share, unit: "of 1" }),
      atMost(0, { name: "resources left", measured: activeResources() - seen.before, unit: "resources" }),
      atMost(bound, { name: "heap growth", measured: slope, unit: "B/run" }),
    ],
  };
}

export const shortRuns: readonly Scenario[] = [
  {
    id: "S2-host",
    title: "short runs, start to finish, on a host with a SQLite file",
    run: (form) => shortRunsOnHost({ form, count: SIZES[form] }),
  },
  {
    id: "S2-engine",
    title: "short runs, start to finish, each on a driver of its own in memory",
    run: (form) => shortRunsOnEngine({ form, count: SIZES[form] }),
  },
];
