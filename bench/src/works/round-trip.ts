import { type RunOrder, reached } from "../program.ts";
import { quantile } from "../statistics.ts";
import { pause, stopwatch } from "../stopwatch.ts";
import type { Session } from "../subject.ts";
import type { Bench, Figures, Work, WorkCase } from "../work.ts";

/** Runs that get a message first and are not measured, so that what is hot is compiled: so many, or those of so many seconds. */
const WARM_UP = { count: 300, seconds: 3 };
/** Fresh runs are sent to until this many seconds are over, so that an engine that polls gives fewer samples. */
const SAMPLING_SECONDS = 20;
/** Milliseconds in which they all come to wait. */
const PARKING_MS = 1_000;

/** W4: a message is sent, the waiting run wakes, runs a step, and what came of it is visible. */
export const roundTrip: Work = {
  id: "W4",
  title: "Message round trip: send, wake, one step, result visible",
  figures: [
    { key: "p50", label: "p50 ms", better: "less" },
    { key: "p99", label: "p99 ms", better: "less" },
    { key: "rawCommits", label: "p50 in raw commits", better: "less" },
    { key: "first", label: "first tenth p50 ms", better: "less" },
    { key: "last", label: "last tenth p50 ms", better: "less" },
  ],
  cases: [
    { label: "fresh runs", count: 200, variant: "fresh" },
    { label: "1,000 in one run", count: 1_000, operations: 2_000, variant: "one" },
  ],
  quickCases: [
    { label: "fresh runs", count: 50, variant: "fresh" },
    { label: "100 in one run", count: 100, operations: 2_000, variant: "one" },
  ],
  limitSeconds: 45,
  async measure(bench: Bench, { count, variant }: WorkCase): Promise<Figures> {
    const session = await bench.open();
    await freshRuns(session, "warm-up", WARM_UP);
    const before = await bench.rawCommitRate();
    const times =
      variant === "one"
        ? await oneRun(session, count)
        : await freshRuns(session, "echo", { count, seconds: SAMPLING_SECONDS });
    const after = await bench.rawCommitRate();
    await session.close();
    const tenth = Math.ceil(times.length / 10);
    const p50 = median(times);
    return {
      p50,
      p99: quantile(sorted(times), 0.99),
      ...(variant === "one" && { first: median(times.slice(0, tenth)), last: median(times.slice(-tenth)) }),
      ...(before !== undefined &&
        after !== undefined && { rawCommits: (p50 * (before + after)) / 2 / 1_000 }),
    };
  },
};

/** One message to each of so many waiting runs, one after the other. */
async function freshRuns(
  session: Session,
  prefix: string,
  { count, seconds }: { readonly count: number; readonly seconds: number },
): Promise<number[]> {
  const orders = Array.from(
    { length: count },
    (_, i): RunOrder => ({ program: "echo", id: `${prefix}-${i}`, input: { count: 1 } }),
  );
  await Promise.all(orders.map((order) => session.start(order)));
  await pause(PARKING_MS);
  const times: number[] = [];
  const sampling = stopwatch();
  for (const order of orders) {
    if (sampling() > seconds * 1_000) break;
    const elapsed = stopwatch();
    await session.send(order, "go");
    await session.result(order);
    times.push(elapsed());
  }
  return times;
}

/**
 * So many messages to one run. An answer is visible when the step's result reached the workflow's code; the time to
 * store it, where that comes later, is part of the next round trip, whose message cannot be received before.
 */
async function oneRun(session: Session, count: number): Promise<number[]> {
  const order: RunOrder = { program: "receiver", id: "receiver", input: { count } };
  await session.start(order);
  await pause(PARKING_MS / 2);
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const elapsed = stopwatch();
    await session.send(order, `go-${i}`);
    await reached(order.id, `answer-${i}`);
    times.push(elapsed());
  }
  await session.result(order);
  return times;
}

function sorted(times: readonly number[]): number[] {
  return [...times].sort((a, b) => a - b);
}

function median(times: readonly number[]): number {
  return quantile(sorted(times), 0.5);
}
