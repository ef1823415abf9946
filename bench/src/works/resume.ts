import { type RunOrder, reached } from "../program.ts";
import { pause, stopwatch } from "../stopwatch.ts";
import type { Session } from "../subject.ts";
import type { Bench, Figures, Work, WorkCase } from "../work.ts";

/** Milliseconds that a run is given to be stored as waiting, after its code began to wait. */
const PARKING_MS = 500;

/** Resolves when the run waits. */
export async function park(session: Session, order: RunOrder): Promise<void> {
  await session.start(order);
  await reached(order.id, "waiting");
  await pause(PARKING_MS);
}

/** W3: a parked run is taken up by a process that does not know it. */
export const resume: Work = {
  id: "W3",
  title: "A parked run with N finished steps is resumed by a fresh process",
  figures: [
    { key: "milliseconds", label: "ms to the first new body", better: "less" },
    { key: "microsPerStep", label: "µs/replayed step", better: "less" },
  ],
  cases: [
    { label: "1,000", count: 1_000, operations: 1_002 },
    { label: "10,000", count: 10_000, operations: 10_002 },
    { label: "100,000", count: 99_990, operations: 99_990, only: "holdfast" },
  ],
  quickCases: [{ label: "1,000", count: 1_000, operations: 1_002 }],
  limitSeconds: 60,
  async measure(bench: Bench, { count }: WorkCase): Promise<Figures> {
    const order: RunOrder = { program: "resumed", id: "resumed", input: { count } };
    const inMemory = bench.subject.storage === "memory";
    await bench.load();
    if (!inMemory) await bench.prepare(order);
    const body = reached(order.id, "new body");
    const opening = stopwatch();
    const session = await bench.open({ parked: "leave" });
    if (inMemory) await park(session, order);
    const elapsed = bench.subject.resumesWhenOpened === true ? opening : stopwatch();
    const sent = session.send(order, "go");
    if (inMemory) {
      await sent;
      await session.restart?.(order);
    }
    await body;
    const milliseconds = elapsed();
    await sent;
    await session.result(order);
    await session.close();
    return { milliseconds, microsPerStep: (milliseconds * 1_000) / count };
  },
};
