import { runWorkflow, type WorkflowContext } from "#holdfast/index.ts";
import { memoryDriver } from "#holdfast/memory.ts";
import { virtualClock } from "#holdfast/testing.ts";
import { countingDriver, type DriverCounts } from "../measure/counting-driver.ts";
import { atMost, exactly, type Findings } from "../report/check.ts";
import type { Form, Scenario } from "./scenario.ts";

/** What one replay took. */
interface Replay {
  readonly steps: number;
  readonly counts: DriverCounts;
  /** Rows that the run has. */
  readonly stored: number;
  /** Macrotasks that the engine asked for. */
  readonly turns: number;
  readonly cpuMs: number;
}

const SIZES: Readonly<Record<Form, readonly number[]>> = {
  short: [1_000, 2_000, 4_000],
  long: [2_500, 5_000, 10_000],
};
/** Replays of each length; the fastest counts, since nothing makes one faster than it is. */
const ROUNDS = 5;
/** Time per step of the longest history against that of the shortest: linear is 1, quadratic is 4. */
const TIME_RATIO = 1.5;
/** A history of several pages is read with its first page again, to see that nobody wrote in between. */
const PAGE_ROWS = 4_096;

/** S7: a run of many steps is replayed in a time that is proportional to their number. */
async function replayLengths(form: Form): Promise<Findings> {
  const replays: Replay[] = [];
  for (const steps of SIZES[form]) replays.push(await replayed(steps));
  const first = replays[0] as Replay;
  const last = replays.at(-1) as Replay;
  const per = (replay: Replay, what: number): number => what / replay.steps;
  const time = per(last, last.cpuMs) / per(first, first.cpuMs);
  const twice = Math.max(...replays.map(({ counts, stored }) => counts.rowsRead - stored));
  const turns = per(last, last.turns) / per(first, first.turns);
  return {
    figures: replays.flatMap((replay) => [
      { name: `replay of ${replay.steps} steps`, value: replay.cpuMs, unit: "ms of CPU time" },
      { name: `rows read for ${replay.steps} steps`, value: replay.counts.rowsRead, unit: "rows" },
      { name: `driver calls for ${replay.steps} steps`, value: replay.counts.calls, unit: "calls" },
    ]),
    checks: [
      exactly(0, { name: "commits of the longest replay", measured: last.counts.commits, unit: "commits" }),
      atMost(PAGE_ROWS, { name: "rows read more than once", measured: twice, unit: "rows" }),
      atMost(1.01, { name: "turns per step, longest/shortest", measured: turns, unit: "×" }),
      ...(form === "long"
        ? [atMost(TIME_RATIO, { name: "CPU time per step, longest/shortest", measured: time, unit: "×" })]
        : []),
    ],
  };
}

async function replayed(steps: number): Promise<Replay> {
  const clock = virtualClock();
  const storage = memoryDriver({ workflowId: "run", clock });
  const workflow = async (ctx: WorkflowContext): Promise<void> => {
    for (let index = 0; index < steps; index++) await ctx.step(`step ${index}`, () => index);
    await ctx.sleep("rest", "1d");
  };
  const options = { clock, scheduler: clock.scheduler };
  await clock.settle(runWorkflow("run", workflow, undefined, storage, options).result);
  let best: Replay | null = null;
  for (let round = 0; round < ROUNDS; round++) {
    let turns = 0;
    const scheduler = {
      afterMicrotasks: (resume: () => void): void => {
        turns += 1;
        clock.scheduler.afterMicrotasks(resume);
      },
    };
    const driver = countingDriver(storage);
    const before = process.cpuUsage();
    await clock.settle(runWorkflow("run", workflow, undefined, driver, { clock, scheduler }).result);
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1_000;
    if (best === null || cpuMs < best.cpuMs) {
      best = { steps, counts: driver.counts, stored: storage.stats.rows, turns, cpuMs };
    }
  }
  if (best === null) throw new Error("Nothing was replayed.");
  return best;
}

export const replayLength: readonly Scenario[] = [
  { id: "S7", title: "replays of histories of growing length", run: replayLengths },
];
