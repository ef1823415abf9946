import { LoopWatch } from "../measure/loop-watch.ts";
import { afterWarmUp, medianSlope } from "../measure/slope.ts";
import { atMost, type Check, type Figure, type Findings } from "../report/check.ts";
import type { LoopHome } from "./loop-home.ts";
import type { LoopSubject } from "./loop-subjects.ts";
import type { Form } from "./scenario.ts";

/** One long run, and what it may cost. */
export interface LongLoop {
  readonly iterations: number;
  readonly form: Form;
  readonly home: LoopHome;
  readonly subject: LoopSubject;
}

/** The first tenth is warm-up. */
const WARM_UP = 0.1;
/** Bytes of heap per iteration that are no leak. */
const HEAP_SLOPE = 50;
/** Bytes by which the heap grows in a short run while code is compiled and caches fill. */
const HEAP_WARMTH = 1_500_000;
/** Numbers in a stored row (iteration, sequence, time) get longer, by a byte each for every 128 or 256 fold. */
const ROW_BYTES = 8;
/** A run has its pass's timer and its attempt's; a host has two of its own, a handle that waits for the result one. */
const MOST_TIMERS = 6;
const MOST_LISTENERS = 10;
const TIME_RATIO = 1.2;

/** Runs the loop and judges what was seen. */
export async function runLongLoop(loop: LongLoop): Promise<Findings> {
  const { iterations, home } = loop;
  const watch = new LoopWatch(iterations, loop.form === "long" ? 100 : 20, home.gauges);
  const output = await home.run(loop.subject({ watch, home }));
  await home.close();
  const last = typeof output === "object" && output !== null && "value" in output ? output.value : output;
  if (last !== iterations - 1) throw new Error(`The run ended with ${JSON.stringify(output)}.`);
  return { figures: figures(watch), checks: [...checks(watch, loop), ...timeChecks(watch, loop.form)] };
}

function checks(watch: LoopWatch, { home, form, iterations }: LongLoop): Check[] {
  const slope = form === "long" ? HEAP_SLOPE : Math.max(HEAP_SLOPE, HEAP_WARMTH / iterations);
  const rows = watch.rows.at(-1)?.value ?? 0;
  const heap = medianSlope(afterWarmUp(watch.heap, WARM_UP));
  const listeners = Math.max(watch.mostListeners, home.mostListeners());
  return [
    atMost(slope, { name: "heap growth", measured: heap, unit: "B/iteration" }),
    atMost(MOST_LISTENERS, { name: "abort listeners on any signal", measured: listeners, unit: "listeners" }),
    atMost(MOST_TIMERS, { name: "timers set", measured: watch.mostTimers, unit: "timers" }),
    atMost(0, { name: "growth of stored rows", measured: growth(watch.rows), unit: "rows" }),
    atMost(ROW_BYTES * rows, { name: "growth of stored bytes", measured: growth(watch.bytes), unit: "B" }),
    atMost(1.01, { name: "storage operations, end/start", measured: ratio(watch, "operations"), unit: "×" }),
  ];
}

function timeChecks(watch: LoopWatch, form: Form): Check[] {
  if (form === "short") return [];
  const measured = ratio(watch, "cpuMs");
  return [atMost(TIME_RATIO, { name: "CPU time per iteration, end/start", measured, unit: "×" })];
}

function figures(watch: LoopWatch): Figure[] {
  const { first, last } = ends(watch);
  const each = watch.stretch;
  return [
    { name: "iterations", value: watch.iterations, unit: "" },
    { name: "CPU time per iteration at the start", value: (first.cpuMs / each) * 1_000, unit: "µs" },
    { name: "CPU time per iteration at the end", value: (last.cpuMs / each) * 1_000, unit: "µs" },
    { name: "storage operations per iteration", value: last.operations / each, unit: "" },
    { name: "live heap at the end", value: watch.heap.at(-1)?.value ?? 0, unit: "B" },
    { name: "stored rows at the end", value: watch.rows.at(-1)?.value ?? 0, unit: "rows" },
  ];
}

/** The first stretch after warm-up, and the last one. */
function ends(watch: LoopWatch) {
  const { stretches } = watch;
  const first = stretches[Math.floor(stretches.length * WARM_UP)];
  const last = stretches.at(-1);
  if (first === undefined || last === undefined) throw new Error("A loop needs some iterations.");
  return { first, last };
}

function ratio(watch: LoopWatch, what: "cpuMs" | "operations"): number {
  const { first, last } = ends(watch);
  return last[what] / first[what];
}

/** Largest of the last tenth against the largest of the tenth after warm-up: within a tenth it goes up and down. */
function growth(samples: readonly { readonly value: number }[]): number {
  const tenth = Math.max(1, Math.floor(samples.length / 10));
  const most = (part: readonly { readonly value: number }[]) => Math.max(...part.map(({ value }) => value));
  return most(samples.slice(-tenth)) - most(samples.slice(tenth, 2 * tenth));
}
