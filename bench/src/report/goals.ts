import { shortNumber } from "./number.ts";
import { medianOf, type Report } from "./report.ts";

/** Something to reach: what was found, and what it must be. */
export interface Goal {
  readonly work: string;
  readonly text: string;
  readonly found: number;
  readonly wanted: string;
  readonly isReached: boolean;
}

const FULL = "holdfast-sqlite-full";
const NORMAL = "holdfast-sqlite-normal";
const MEMORY = "holdfast-memory";

type Bound = readonly ["at least" | "at most", number];

/** The goals that can be judged by what was measured. */
export function goalsOf(report: Report): Goal[] {
  const found = (work: string, workCase: string, subject: string, key: string): number | undefined =>
    medianOf(report, { work, workCase, subject }, key);
  const peers = report.subjects
    .map(({ id }) => id)
    .filter((id) => !id.startsWith("holdfast") && id !== "limits");
  const ofPeers = (work: string, workCase: string, key: string, which: (id: string) => boolean): number[] =>
    peers
      .filter(which)
      .map((id) => found(work, workCase, id, key))
      .filter((value) => value !== undefined);
  const durable = (id: string): boolean => !id.endsWith("memory");
  const full = (id: string): boolean => durable(id) && !id.endsWith("normal");
  const all = (): boolean => true;
  const goals: Goal[] = [];
  const add = (work: string, text: string, value: number | undefined, [kind, bound]: Bound): void => {
    if (value === undefined || Number.isNaN(value)) return;
    const isReached = kind === "at least" ? value >= bound : value <= bound;
    goals.push({ work, text, found: value, wanted: `${kind} ${shortNumber(bound)}`, isReached });
  };
  const ratio = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined || !Number.isFinite(b) ? undefined : a / b;
  const most = (values: readonly number[]): number => Math.max(...values);
  const least = (values: readonly number[]): number => Math.min(...values);

  for (const size of ["1,000", "10,000"]) {
    add("W1", `FULL, ${size} steps: share of raw commits`, found("W1", size, FULL, "ofRawCommits"), [
      "at least",
      0.95,
    ]);
    add("W1", `NORMAL, ${size} steps: share of raw commits`, found("W1", size, NORMAL, "ofRawCommits"), [
      "at least",
      0.5,
    ]);
  }
  add(
    "W1",
    "memory: rate at 100,000 steps over that at 1,000 (flat)",
    ratio(found("W1", "100,000", MEMORY, "stepsPerSecond"), found("W1", "1,000", MEMORY, "stepsPerSecond")),
    ["at least", 0.9],
  );
  add("W1", "memory: CPU µs per sequential step", found("W1", "10,000", MEMORY, "cpuMicrosPerStep"), [
    "at most",
    15,
  ]);
  for (const size of ["500", "5,000"]) {
    const ours = found("W2", size, FULL, "stepsPerSecond");
    add(
      "W2",
      `FULL, ${size} runs: times the fastest peer at FULL`,
      ratio(ours, most(ofPeers("W2", size, "stepsPerSecond", full))),
      ["at least", 10],
    );
    add(
      "W2",
      `FULL, ${size} runs: times the fastest peer at any durability`,
      ratio(ours, most(ofPeers("W2", size, "stepsPerSecond", all))),
      ["at least", 1],
    );
  }
  add(
    "W3",
    "FULL, 10,000 steps: times faster than the fastest peer",
    ratio(
      least(ofPeers("W3", "10,000", "milliseconds", durable)),
      found("W3", "10,000", FULL, "milliseconds"),
    ),
    ["at least", 5],
  );
  add(
    "W3",
    "FULL: time per step at 100,000 over that at 10,000 (linear)",
    ratio(found("W3", "100,000", FULL, "microsPerStep"), found("W3", "10,000", FULL, "microsPerStep")),
    ["at most", 1.2],
  );
  add("W3", "memory: µs per replayed step", found("W3", "10,000", MEMORY, "microsPerStep"), ["at most", 5]);
  const fresh = found("W4", "fresh runs", FULL, "p50");
  add("W4", "FULL, fresh runs: p50 in raw commits", found("W4", "fresh runs", FULL, "rawCommits"), [
    "at most",
    2,
  ]);
  add(
    "W4",
    "FULL, fresh runs: p50, times better than the best durable peer",
    ratio(least(ofPeers("W4", "fresh runs", "p50", full)), fresh),
    ["at least", 3],
  );
  add(
    "W4",
    "FULL, one run: the last hundred messages over the first",
    ratio(found("W4", "1,000 in one run", FULL, "last"), found("W4", "1,000 in one run", FULL, "first")),
    ["at most", 1.2],
  );
  const asleep = "10,000, not in memory";
  add("W5", "FULL: disk bytes per sleeping run", found("W5", asleep, FULL, "diskBytes"), ["at most", 400]);
  add("W5", "FULL: RSS bytes per run not in the cache", found("W5", asleep, FULL, "memoryBytes"), [
    "at most",
    500,
  ]);
  add("W5", "FULL: RSS bytes per run in the cache", found("W5", "10,000, in memory", FULL, "memoryBytes"), [
    "at most",
    4_000,
  ]);
  add(
    "W5",
    "FULL: creation, share of the fastest peer's time at FULL",
    ratio(found("W5", asleep, FULL, "createSeconds"), least(ofPeers("W5", asleep, "createSeconds", full))),
    ["at most", 0.1],
  );
  add("W5", "FULL: commits per run to wake all", found("W5", asleep, FULL, "wakeCommitsPerRun"), [
    "at most",
    1,
  ]);
  for (const size of ["10,000", "100,000"]) {
    add("W6", `FULL, ${size} iterations: share of raw commits`, found("W6", size, FULL, "ofRawCommits"), [
      "at least",
      0.95,
    ]);
    add(
      "W6",
      `NORMAL, ${size} iterations: times the fastest peer`,
      ratio(
        found("W6", size, NORMAL, "iterationsPerSecond"),
        most(ofPeers("W6", size, "iterationsPerSecond", durable)),
      ),
      ["at least", 4],
    );
  }
  add(
    "W6",
    "NORMAL: rate at 100,000 over that at 10,000 (flat)",
    ratio(
      found("W6", "100,000", NORMAL, "iterationsPerSecond"),
      found("W6", "10,000", NORMAL, "iterationsPerSecond"),
    ),
    ["at least", 0.9],
  );
  const bytes = found("W7", "one run of 900 steps", FULL, "bytesPerStep");
  add(
    "W7",
    "FULL: bytes per step, share of the best peer's",
    ratio(bytes, least(ofPeers("W7", "one run of 900 steps", "bytesPerStep", durable))),
    ["at most", 1],
  );
  add(
    "W8",
    "FULL, join of 1,000: commits per branch",
    ratio(found("W8", "join of 1,000", FULL, "commits"), 1_000),
    ["at most", 0.05],
  );
  add(
    "W8",
    "FULL: time per branch at 1,000 over that at 100 (flat)",
    ratio(
      found("W8", "join of 1,000", FULL, "microsPerBranch"),
      found("W8", "join of 100", FULL, "microsPerBranch"),
    ),
    ["at most", 1.2],
  );
  add("W9", "engine and memory driver, KB gzipped", found("W9", "cold", MEMORY, "bundleKilobytes"), [
    "at most",
    25,
  ]);
  return goals;
}

export function goalLines(report: Report): string {
  const goals = goalsOf(report);
  if (goals.length === 0) return "";
  const lines = goals.map(
    ({ work, text, found, wanted, isReached }) =>
      `  ${isReached ? "reached    " : "not reached"}  ${work}  ${text}: ${shortNumber(found)} (${wanted})`,
  );
  return ["\nGoals that can be judged by this run", ...lines].join("\n");
}
