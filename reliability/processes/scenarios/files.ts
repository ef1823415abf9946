import { copies } from "../harms/copies.ts";
import { diskFull } from "../harms/disk-full.ts";
import { readOnlyFiles } from "../harms/read-only.ts";
import { sharedMemoryLosses } from "../harms/shared-memory.ts";
import { stuckReader } from "../harms/stuck-reader.ts";
import { SeededRandom } from "../programs/random.ts";
import { standstillProblem } from "../round/child.ts";
import type { Harm } from "../round/play.ts";
import { mountTmpfs, tmpfsProblem } from "../round/tmpfs.ts";
import { outsiders, workers } from "./crews.ts";
import { HARM_STREAM, randomPlan, roundSeeds } from "./plans.ts";
import type { Scenario } from "./scenario.ts";

/** In one round. */
const MOST = { short: 1, long: 10 } as const;
const RUNS = { short: 4, long: 24 } as const;
const WORKERS = 2;

type About = Pick<Scenario, "id" | "title" | "counted" | "amount" | "unavailable">;

function onFiles(about: About, harm: (random: SeededRandom, most: number) => Harm): Scenario {
  return {
    ...about,
    *plays({ seed, form }) {
      for (const round of roundSeeds(seed)) {
        yield {
          plan: randomPlan(round, RUNS[form]),
          members: [...workers(WORKERS), ...outsiders(1)],
          harm: harm(new SeededRandom(round, HARM_STREAM), MOST[form]),
        };
      }
    },
  };
}

/** Hardly room for a store and its log. */
const DISK_MEGABYTES = 4;

const fullDisk: Scenario = {
  id: "disk-full",
  title: "the disk is full, and has room again",
  counted: "outages",
  amount: { short: 2, long: 40 },
  unavailable: tmpfsProblem,
  *plays({ seed, form }) {
    for (const round of roundSeeds(seed)) {
      const disk = mountTmpfs(DISK_MEGABYTES);
      try {
        const rhythm = { random: new SeededRandom(round, HARM_STREAM), meanMs: 300, most: MOST[form] };
        yield {
          plan: randomPlan(round, RUNS[form]),
          members: [...workers(WORKERS), ...outsiders(1)],
          harm: diskFull(rhythm),
          at: { databaseIn: disk.path },
        };
      } finally {
        disk.remove();
      }
    }
  },
};

/** Whom a process runs as for which a mode of a file means something: root may write what nobody may. */
const NOBODY = 65_534;

const readOnly: Scenario = {
  id: "read-only",
  title: "the files are read-only for a while",
  counted: "outages",
  amount: { short: 1, long: 20 },
  *plays({ seed, form }) {
    const as = process.getuid?.() === 0 ? { uid: NOBODY } : {};
    const candidate = { name: "candidate", work: {}, send: { index: 0, of: 1 }, ...as };
    for (const round of roundSeeds(seed)) {
      const rhythm = { random: new SeededRandom(round, HARM_STREAM), meanMs: 500, most: MOST[form] };
      yield {
        plan: randomPlan(round, RUNS[form]),
        members: [...workers(WORKERS), ...outsiders(1)].map((member) => ({ ...member, ...as })),
        harm: readOnlyFiles(candidate, rhythm),
      };
    }
  },
};

export const fileScenarios: readonly Scenario[] = [
  onFiles(
    {
      id: "copies",
      title: "copies of the file and its log at random instants, opened and run to the end",
      counted: "copies",
      amount: { short: 1, long: 40 },
      unavailable: standstillProblem,
    },
    (random, most) => copies({ random, meanMs: 600, most }),
  ),
  onFiles(
    {
      id: "shared-memory",
      title: "all processes are killed, and their shared memory is missing or foreign",
      counted: "outages",
      amount: { short: 2, long: 60 },
    },
    (random, most) => sharedMemoryLosses({ random, meanMs: 500, most }),
  ),
  onFiles(
    {
      id: "stuck-reader",
      title: "a reader that does not end keeps the log from being reset",
      counted: "outages",
      amount: { short: 1, long: 5 },
    },
    () => stuckReader,
  ),
  fullDisk,
  readOnly,
];
