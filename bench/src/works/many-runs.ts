import type { RunOrder } from "../program.ts";
import { cpuWatch, stopwatch } from "../stopwatch.ts";
import { warmUp } from "../warm-up.ts";
import type { Bench, Figures, Work, WorkCase } from "../work.ts";

const STEPS = 5;
/** Runs before those that are measured: throughput is that of code that the runtime has compiled. */
const WARM_UP_RUNS = 100;

/** W2: many short runs at once. */
export const manyRuns: Work = {
  id: "W2",
  title: `N runs of ${STEPS} steps, as concurrent as the system allows`,
  figures: [
    { key: "stepsPerSecond", label: "steps/s", better: "more" },
    { key: "runsPerSecond", label: "runs/s", better: "more" },
    { key: "commitsPerStep", label: "commits/step", better: "less" },
    { key: "cpuMicrosPerStep", label: "CPU µs/step", better: "less" },
  ],
  cases: [
    { label: "500", count: 500 },
    { label: "5,000", count: 5_000 },
  ],
  quickCases: [{ label: "500", count: 500 }],
  limitSeconds: 40,
  async measure(bench: Bench, { count }: WorkCase): Promise<Figures> {
    const session = await bench.open();
    const run = async (order: RunOrder): Promise<void> => {
      await session.start(order);
      await session.result(order);
    };
    const runAll = (prefix: string, runs: number): Promise<unknown> =>
      Promise.all(
        Array.from({ length: runs }, (_, i) =>
          run({ program: "steps", id: `${prefix}-${i}`, input: { count: STEPS } }),
        ),
      );
    await warmUp((id) => runAll(id, WARM_UP_RUNS));
    const commitsBefore = await session.commits?.();
    const elapsed = stopwatch();
    const cpu = cpuWatch();
    await runAll("measured", count);
    const seconds = elapsed() / 1_000;
    const cpuMicrosPerStep = (cpu() * 1_000) / (count * STEPS);
    const commits = await session.commits?.();
    await session.close();
    return {
      seconds,
      stepsPerSecond: (count * STEPS) / seconds,
      runsPerSecond: count / seconds,
      cpuMicrosPerStep,
      ...(commits !== undefined &&
        commitsBefore !== undefined && { commitsPerStep: (commits - commitsBefore) / (count * STEPS) }),
    };
  },
};
