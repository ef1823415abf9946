import { stopwatch } from "../stopwatch.ts";
import { warmUp } from "../warm-up.ts";
import type { Bench, Figures, Work, WorkCase } from "../work.ts";

const WARM_UP_WIDTH = 50;

/** W8: branches at once. */
export const branches: Work = {
  id: "W8",
  title: "N branches at once, one step each",
  figures: [
    { key: "milliseconds", label: "ms", better: "less" },
    { key: "microsPerBranch", label: "µs/branch", better: "less" },
    { key: "commits", label: "commits", better: "less" },
  ],
  cases: [
    { label: "join of 10", count: 10, variant: "join", only: "holdfast" },
    { label: "join of 100", count: 100, variant: "join" },
    { label: "join of 1,000", count: 1_000, operations: 1_001, variant: "join" },
    { label: "map of 1,000", count: 1_000, operations: 1_001, variant: "map" },
  ],
  quickCases: [
    { label: "join of 100", count: 100, variant: "join" },
    { label: "map of 1,000", count: 1_000, operations: 1_001, variant: "map" },
  ],
  limitSeconds: 40,
  async measure(bench: Bench, { count, variant }: WorkCase): Promise<Figures> {
    const session = await bench.open();
    const run = async (id: string, width: number): Promise<void> => {
      const program = variant === "map" ? "map" : "join";
      const order = { program, id, input: { count: width } } as const;
      await session.start(order);
      await session.result(order);
    };
    await warmUp((id) => run(id, WARM_UP_WIDTH));
    const commitsBefore = await session.commits?.();
    const elapsed = stopwatch();
    await run("measured", count);
    const milliseconds = elapsed();
    const commits = await session.commits?.();
    await session.close();
    return {
      milliseconds,
      microsPerBranch: (milliseconds * 1_000) / count,
      ...(commits !== undefined && commitsBefore !== undefined && { commits: commits - commitsBefore }),
    };
  },
};
