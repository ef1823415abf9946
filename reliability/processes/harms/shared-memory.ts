import { existsSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import type { SeededRandom } from "../programs/random.ts";
import type { Harm } from "../round/play.ts";
import { beats, type Rhythm } from "./beats.ts";

const FOREIGN_BYTES = 32_768;

/** What may become of a `-shm` file while nobody has it open. */
const fates: readonly ((file: string, random: SeededRandom) => void)[] = [
  (file) => rmSync(file, { force: true }),
  (file) => {
    if (existsSync(file)) truncateSync(file);
  },
  (file, random) =>
    writeFileSync(
      file,
      Uint8Array.from({ length: FOREIGN_BYTES }, () => random.integer(0, 255)),
    ),
];

/** Kills all processes, takes their shared memory away or puts another one in its place, and starts them again. */
export function sharedMemoryLosses(rhythm: Rhythm): Harm {
  return async ({ crew, round, signal }) => {
    let losses = 0;
    let killed = 0;
    for await (const random of beats(rhythm, signal)) {
      await Promise.all(crew.alive.map((child) => child.ready));
      if (signal.aborted) break;
      killed += crew.alive.length;
      const { again } = await crew.rest();
      random.pick(fates)(`${round.files.database}-shm`, random);
      losses += 1;
      again();
    }
    return { kills: killed, outages: losses };
  };
}
