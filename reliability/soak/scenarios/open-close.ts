import { DatabaseSync } from "node:sqlite";
import { createHost, defineWorkflow, type WorkflowContext } from "#holdfast/index.ts";
import { type SqliteStoreOptions, sqliteStore } from "#holdfast/sqlite.ts";
import { liveHeapBytes } from "../measure/heap.ts";
import { pause } from "../measure/patience.ts";
import { activeResources, openFiles, processListeners } from "../measure/resources.ts";
import { afterWarmUp, medianSlope, type Sample } from "../measure/slope.ts";
import { temporaryFile } from "../measure/temporary-file.ts";
import { atMost, type Findings } from "../report/check.ts";
import type { Form, Scenario } from "./scenario.ts";

/** Stores and hosts that are opened and closed again. */
export interface OpenClose {
  readonly cycles: number;
  readonly form: Form;
  /** How the store of a cycle is opened. */
  readonly store: () => SqliteStoreOptions;
  /** What a cycle forgets to do. @default nothing */
  readonly forget?: "store.close" | "host.stop" | null;
}

const SIZES: Readonly<Record<Form, number>> = { short: 50, long: 5_000 };
/** Bytes of heap per cycle that are no leak. */
const HEAP_SLOPE = 200;
/** Bytes by which the heap grows in all while code is compiled. */
const HEAP_WARMTH = 1_500_000;
/** Unreferenced timers of a store go on for so long after it was closed. */
const QUIET_MS = 100;

/** S5: opens a store and a host, runs one run, closes both; again and again. */
export async function openAndClose(cycling: OpenClose): Promise<Findings> {
  const { cycles, form } = cycling;
  const forgotten: (() => Promise<void>)[] = [];
  await cycle({ ...cycling, forget: null }, 0, forgotten);
  await pause(QUIET_MS);
  const before = handles();
  const heap: Sample[] = [];
  const rss: Sample[] = [];
  const each = Math.max(1, Math.floor(cycles / 20));
  for (let index = 1; index <= cycles; index++) {
    await cycle(cycling, index, forgotten);
    if (index % each !== 0) continue;
    await pause(0);
    heap.push({ at: index, value: liveHeapBytes() });
    rss.push({ at: index, value: process.memoryUsage.rss() });
  }
  await pause(QUIET_MS);
  const after = handles();
  for (const end of forgotten) await end();
  const slope = medianSlope(afterWarmUp(heap, 0.2));
  const bound = form === "long" ? HEAP_SLOPE : HEAP_WARMTH / cycles;
  return {
    figures: [
      { name: "cycles", value: cycles, unit: "" },
      { name: "growth of resident memory", value: medianSlope(afterWarmUp(rss, 0.2)), unit: "B/cycle" },
    ],
    checks: [
      atMost(0, { name: "resources left", measured: after.resources - before.resources, unit: "resources" }),
      atMost(0, { name: "files left open", measured: after.files - before.files, unit: "files" }),
      atMost(0, {
        name: "process listeners left",
        measured: after.listeners - before.listeners,
        unit: "listeners",
      }),
      atMost(bound, { name: "heap growth", measured: slope, unit: "B/cycle" }),
    ],
  };
}

const workflow = defineWorkflow({
  name: "once",
  run: async (ctx: WorkflowContext) => ctx.step("step", () => "done"),
});

async function cycle(
  { store: options, forget = null }: OpenClose,
  index: number,
  forgotten: (() => Promise<void>)[],
): Promise<void> {
  const store = sqliteStore({ synchronous: "normal", ...options() });
  const host = await createHost({ store, workflows: [workflow], drainOnSignal: true });
  const handle = await host.start(workflow, { workflowId: `run-${index}` });
  await handle.result();
  if (forget === "host.stop") forgotten.push(() => host.stop());
  else await host.stop();
  if (forget === "store.close") forgotten.push(() => store.close());
  else await store.close();
}

async function onOneFile(form: Form): Promise<Findings> {
  const file = temporaryFile("cycles.db");
  try {
    return await openAndClose({ form, cycles: SIZES[form], store: () => ({ path: file.path }) });
  } finally {
    file.remove();
  }
}

async function onOneHandle(form: Form): Promise<Findings> {
  const database = new DatabaseSync(":memory:");
  try {
    return await openAndClose({ form, cycles: SIZES[form], store: () => ({ database }) });
  } finally {
    database.close();
  }
}

function handles(): { readonly resources: number; readonly files: number; readonly listeners: number } {
  return { resources: activeResources(), files: openFiles(), listeners: processListeners() };
}

export const openClose: readonly Scenario[] = [
  { id: "S5-file", title: "a store and a host opened and closed again, on one file", run: onOneFile },
  { id: "S5-handle", title: "the same on one handle, which stays open", run: onOneHandle },
];
