import type { RunOrder } from "../program.ts";
import { pause, stopwatch } from "../stopwatch.ts";
import type { Session } from "../subject.ts";
import type { Bench, Figures, Work, WorkCase } from "../work.ts";

/** Runs that are started at once: no client starts all of them in one breath. */
const AT_ONCE = 500;
/** Runs whose creation tells how long that of all will take. */
const SAMPLE = 500;

/** W5: many runs that sleep, and all wake at the same instant. */
export const sleepers: Work = {
  id: "W5",
  title: "N sleeping runs",
  figures: [
    { key: "createSeconds", label: "s to create", better: "less" },
    { key: "diskBytes", label: "disk B/run", better: "less" },
    { key: "memoryBytes", label: "RSS B/run", better: "less" },
    { key: "wakeSeconds", label: "s to wake and end all", better: "less" },
    { key: "wakeCommitsPerRun", label: "commits/run to wake", better: "less" },
  ],
  cases: [
    { label: "1,000, not in memory", count: 1_000, variant: "leave" },
    { label: "10,000, not in memory", count: 10_000, variant: "leave" },
    { label: "10,000, in memory", count: 10_000, variant: "stay", only: "holdfast-sqlite" },
  ],
  quickCases: [{ label: "1,000, not in memory", count: 1_000, variant: "leave" }],
  limitSeconds: 90,
  async measure(bench: Bench, { count, variant }: WorkCase): Promise<Figures> {
    const session = await bench.open({ parked: variant === "stay" ? "stay" : "leave" });
    const perRun = await timePerSleeper(session);
    const margin = 4_000;
    const wakeAt = Math.round(Date.now() + count * perRun * 2.5 + margin);
    const orders = Array.from(
      { length: count },
      (_, i): RunOrder => ({ program: "sleeper", id: `sleeper-${i}`, input: { count: 1, wakeAt } }),
    );
    const bytesBefore = await session.storedBytes?.();
    const memoryBefore = settledMemory();
    const creating = stopwatch();
    await startAll(session, orders);
    const createSeconds = creating() / 1_000;
    const left = wakeAt - Date.now();
    if (left < 1_000) throw new Error(`creating took ${createSeconds.toFixed(1)} s, longer than they sleep`);
    await pause(Math.min(1_000, left / 2));
    const memoryBytes = (settledMemory() - memoryBefore) / count;
    const bytes = await session.storedBytes?.();
    const commitsBefore = await session.commits?.();
    await Promise.all(orders.map((order) => session.result(order)));
    // From the instant itself: a peer whose commits block the event loop would hold back a timer of ours as well.
    const wakeSeconds = (Date.now() - wakeAt) / 1_000;
    const commits = await session.commits?.();
    await session.close();
    return {
      createSeconds,
      memoryBytes,
      wakeSeconds,
      ...(bytes !== undefined && bytesBefore !== undefined && { diskBytes: (bytes - bytesBefore) / count }),
      ...(commits !== undefined &&
        commitsBefore !== undefined && { wakeCommitsPerRun: (commits - commitsBefore) / count }),
    };
  },
};

async function startAll(session: Session, orders: readonly RunOrder[]): Promise<void> {
  for (let i = 0; i < orders.length; i += AT_ONCE) {
    await Promise.all(orders.slice(i, i + AT_ONCE).map((order) => session.start(order)));
  }
}

/** Milliseconds to create one, and the code is warm after it. These sleep longer than the benchmark takes. */
async function timePerSleeper(session: Session): Promise<number> {
  const wakeAt = Date.now() + 3_600_000;
  const elapsed = stopwatch();
  await startAll(
    session,
    Array.from({ length: SAMPLE }, (_, i) => ({
      program: "sleeper",
      id: `sample-${i}`,
      input: { count: 1, wakeAt },
    })),
  );
  return elapsed() / SAMPLE;
}

/** Bytes of memory that the process holds after its garbage is gone. */
function settledMemory(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  return process.memoryUsage.rss();
}
