import { bundleKilobytes } from "../bundle.ts";
import { stopwatch } from "../stopwatch.ts";
import type { Bench, Figures, Work } from "../work.ts";

/** W9: an idle program comes to life. */
export const coldStart: Work = {
  id: "W9",
  title: "Start of an idle program: import, first durable step, size of the bundle",
  figures: [
    { key: "importMs", label: "ms to import", better: "less" },
    { key: "firstStepMs", label: "ms to open and do a step", better: "less" },
    { key: "bundleKilobytes", label: "bundle KB gzipped", better: "less" },
  ],
  cases: [{ label: "cold", count: 1 }],
  quickCases: [{ label: "cold", count: 1 }],
  limitSeconds: 60,
  async measure(bench: Bench): Promise<Figures> {
    const importing = stopwatch();
    await bench.load();
    const importMs = importing();
    const stepping = stopwatch();
    const session = await bench.open();
    const order = { program: "steps", id: "cold", input: { count: 1 } } as const;
    await session.start(order);
    await session.result(order);
    const firstStepMs = stepping();
    await session.close();
    const { bundle } = bench.subject;
    return {
      importMs,
      firstStepMs,
      ...(bundle !== undefined && { bundleKilobytes: await bundleKilobytes(bundle) }),
    };
  },
};
