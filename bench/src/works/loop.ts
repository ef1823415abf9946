import { cpuWatch, stopwatch } from "../stopwatch.ts";
import { warmUp } from "../warm-up.ts";
import type { Bench, Figures, Work, WorkCase } from "../work.ts";

const WARM_UP_ITERATIONS = 200;

/** W6: a long loop. */
export const longLoop: Work = {
  id: "W6",
  title: "A loop of N iterations with one step each",
  figures: [
    { key: "iterationsPerSecond", label: "iterations/s", better: "more" },
    { key: "ofRawCommits", label: "of raw commits", better: "more" },
    { key: "cpuMicros", label: "CPU µs/iteration", better: "less" },
    { key: "finalKilobytes", label: "final KB on disk", better: "less" },
    { key: "heapKilobytes", label: "heap growth KB", better: "less" },
  ],
  cases: [
    { label: "10,000", count: 10_000, operations: 10_000 },
    { label: "100,000", count: 100_000, operations: 100_000 },
  ],
  quickCases: [{ label: "1,000", count: 1_000, operations: 1_000 }],
  limitSeconds: 60,
  async measure(bench: Bench, { count }: WorkCase): Promise<Figures> {
    const session = await bench.open();
    const run = async (id: string, iterations: number): Promise<void> => {
      const order = { program: "loop", id, input: { count: iterations } } as const;
      await session.start(order);
      await session.result(order);
    };
    const roundOf = (id: string) => run(id, WARM_UP_ITERATIONS);
    await warmUp(roundOf);
    const heapBefore = settledHeap();
    // With its garbage the runtime has thrown away code that was compiled for it.
    await warmUp(roundOf, "warm-again");
    const before = await bench.rawCommitRate();
    const bytesBefore = (await session.storedBytes?.()) ?? 0;
    const elapsed = stopwatch();
    const cpu = cpuWatch();
    await run("measured", count);
    const seconds = elapsed() / 1_000;
    const iterationsPerSecond = count / seconds;
    const cpuMicros = (cpu() * 1_000) / count;
    const heapKilobytes = (settledHeap() - heapBefore) / 1_024;
    const bytes = await session.storedBytes?.();
    const after = await bench.rawCommitRate();
    await session.close();
    return {
      seconds,
      iterationsPerSecond,
      cpuMicros,
      heapKilobytes,
      ...(bytes !== undefined && { finalKilobytes: (bytes - bytesBefore) / 1_024 }),
      ...(before !== undefined &&
        after !== undefined && { ofRawCommits: iterationsPerSecond / ((before + after) / 2) }),
    };
  },
};

function settledHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
