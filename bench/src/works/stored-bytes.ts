import type { Bench, Figures, Work, WorkCase } from "../work.ts";

/** Bytes of what each step returns. */
const RESULT_BYTES = 100;
const WARM_UP_STEPS = 50;

/** W7: what a step costs on disk. */
export const bytesPerStep: Work = {
  id: "W7",
  title: `Bytes on disk per step with a result of ${RESULT_BYTES} bytes`,
  figures: [{ key: "bytesPerStep", label: "B/step", better: "less" }],
  cases: [{ label: "one run of 900 steps", count: 900 }],
  quickCases: [{ label: "one run of 900 steps", count: 900 }],
  limitSeconds: 60,
  async measure(bench: Bench, { count }: WorkCase): Promise<Figures> {
    const session = await bench.open();
    const run = async (id: string, steps: number): Promise<void> => {
      const order = { program: "steps", id, input: { count: steps, resultBytes: RESULT_BYTES } } as const;
      await session.start(order);
      await session.result(order);
    };
    await run("warm-up", WARM_UP_STEPS);
    const before = (await session.storedBytes?.()) ?? Number.NaN;
    await run("measured", count);
    const after = (await session.storedBytes?.()) ?? Number.NaN;
    await session.close();
    return { bytesPerStep: (after - before) / count };
  },
};
