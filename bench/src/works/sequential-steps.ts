import { cpuWatch, stopwatch } from "../stopwatch.ts";
import { warmUp } from "../warm-up.ts";
import type { Bench, Figures, Work, WorkCase } from "../work.ts";

const WARM_UP_STEPS = 500;

/** W1: one run, no-op steps in sequence. */
export const sequentialSteps: Work = {
  id: "W1",
  title: "One run of N no-op steps in sequence",
  figures: [
    { key: "stepsPerSecond", label: "steps/s", better: "more" },
    { key: "ofRawCommits", label: "of raw commits", better: "more" },
    { key: "cpuMicrosPerStep", label: "CPU µs/step", better: "less" },
  ],
  cases: [
    { label: "100", count: 100, operations: 100 },
    { label: "1,000", count: 1_000, operations: 1_000 },
    { label: "10,000", count: 10_000, operations: 10_000 },
    { label: "100,000", count: 100_000, operations: 100_000, only: "holdfast" },
  ],
  quickCases: [{ label: "1,000", count: 1_000, operations: 1_000 }],
  limitSeconds: 40,
  async measure(bench: Bench, { count }: WorkCase): Promise<Figures> {
    const session = await bench.open();
    const run = async (id: string, steps: number): Promise<void> => {
      const order = { program: "steps", id, input: { count: steps } } as const;
      await session.start(order);
      await session.result(order);
    };
    await warmUp((id) => run(id, WARM_UP_STEPS));
    const before = await bench.rawCommitRate();
    const elapsed = stopwatch();
    const cpu = cpuWatch();
    await run("measured", count);
    const milliseconds = elapsed();
    const cpuMicrosPerStep = (cpu() * 1_000) / count;
    const after = await bench.rawCommitRate();
    await session.close();
    const seconds = milliseconds / 1_000;
    const figures = { stepsPerSecond: count / seconds, cpuMicrosPerStep, seconds };
    if (before === undefined || after === undefined) return figures;
    return { ...figures, ofRawCommits: count / seconds / ((before + after) / 2) };
  },
};
