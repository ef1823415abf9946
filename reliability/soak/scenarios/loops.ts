import { runLongLoop } from "./long-loop.ts";
import type { LoopHome } from "./loop-home.ts";
import {
  blocks,
  consumeSleepStep,
  type LoopSubject,
  requests,
  timedWaitsUnderDeadline,
} from "./loop-subjects.ts";
import { memoryHome } from "./memory-home.ts";
import type { Form, Scenario } from "./scenario.ts";
import { sqliteHome } from "./sqlite-home.ts";

interface LoopPlan {
  readonly id: string;
  readonly title: string;
  readonly open: () => Promise<LoopHome>;
  readonly subject: LoopSubject;
  readonly iterations: Readonly<Record<Form, number>>;
}

function loop({ id, title, open, subject, iterations }: LoopPlan): Scenario {
  return {
    id,
    title,
    run: async (form) => runLongLoop({ form, iterations: iterations[form], home: await open(), subject }),
  };
}

/** S1: one run that loops for long. */
export const loops: readonly Scenario[] = [
  loop({
    id: "S1-memory",
    title: "consume, sleep, step: the engine on a driver in memory, live",
    open: memoryHome,
    subject: consumeSleepStep,
    iterations: { short: 20_000, long: 1_000_000 },
  }),
  loop({
    id: "S1-sqlite",
    title: "consume, sleep, step: a host on a SQLite file",
    open: sqliteHome,
    subject: consumeSleepStep,
    iterations: { short: 1_500, long: 100_000 },
  }),
  loop({
    id: "S1-deadline",
    title: "timed waits beside a deadline that is nearer than theirs",
    open: memoryHome,
    subject: timedWaitsUnderDeadline,
    iterations: { short: 4_000, long: 200_000 },
  }),
  loop({
    id: "S1-blocks",
    title: "join, race with losers, map and a failing step per iteration",
    open: memoryHome,
    subject: blocks,
    iterations: { short: 2_000, long: 100_000 },
  }),
  loop({
    id: "S1-requests",
    title: "a request answered per iteration: the engine in memory, live",
    open: memoryHome,
    subject: requests,
    iterations: { short: 3_000, long: 100_000 },
  }),
  loop({
    id: "S1-requests-sqlite",
    title: "a request answered per iteration: a host on a SQLite file",
    open: sqliteHome,
    subject: requests,
    iterations: { short: 1_000, long: 20_000 },
  }),
];
