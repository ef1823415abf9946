import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { numberedSeed, Prng } from "../../../simulator/random/prng.ts";
import { CountedCommits, lastCommitIn } from "../power/counted-commits.ts";
import { begunAnew, type DiskState, frameEnds, readDisk, sameBytes, writeDisk } from "../power/disk-state.ts";
import { type PowerCut, powerCuts } from "../power/power-cuts.ts";

const directory = mkdtempSync(join(tmpdir(), "holdfast-power-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Enough for the log to be taken into the file, and to begin anew, twice. */
const COMMITS = 56;
const PATIENCE_MS = 300_000;

let copies = 0;

async function lastCommitOn(disk: DiskState): Promise<number> {
  const path = join(directory, `cut-${copies++}.db`);
  writeDisk(path, disk);
  const found = await lastCommitIn(path);
  for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
  return found;
}

async function problemOf({ what, disk, latest }: PowerCut, done: number): Promise<string | null> {
  const allowed = { there: [done], "not there": [done - 1], perhaps: [done - 1, done] }[latest];
  const found = await lastCommitOn(disk).catch((error: unknown) => String(error));
  if (allowed.some((number) => number === found)) return null;
  return `${what}: found ${found}, of ${done - 1} acknowledged commits and one at work`;
}

test(
  "whenever the power goes, what was acknowledged is there, and what is there are whole commits up to one of them",
  async () => {
    const path = join(directory, "store.db");
    const prng = new Prng(numberedSeed(1), "power");
    const commits = await CountedCommits.begin(path);
    const seen = { cuts: 0, anew: 0, taken: 0 };
    const problems: string[] = [];
    let before = readDisk(path);
    while (commits.done <= COMMITS) {
      await commits.commit();
      const after = readDisk(path);
      if (begunAnew(before, after)) seen.anew += 1;
      if (!sameBytes(before.file, after.file)) seen.taken += 1;
      for (const cut of powerCuts(before, after, prng)) {
        seen.cuts += 1;
        const problem = await problemOf(cut, commits.done);
        if (problem !== null) problems.push(problem);
      }
      before = after;
    }
    await commits.close();
    expect(problems).toEqual([]);
    expect(seen.anew).toBeGreaterThanOrEqual(2);
    expect(seen.taken).toBeGreaterThanOrEqual(2);
    expect(seen.cuts).toBeGreaterThan(COMMITS * 15);
  },
  PATIENCE_MS,
);

test(
  "a disk that lost what it said it had synced is found out",
  async () => {
    const path = join(directory, "lying.db");
    const commits = await CountedCommits.begin(path);
    for (let n = 0; n < 5; n++) await commits.commit();
    const { file, log } = readDisk(path);
    expect(await lastCommitOn({ file, log })).toBe(commits.done);
    expect(await lastCommitOn({ file, log: log.slice(0, (frameEnds({ file, log }).at(-1) ?? 0) - 1) })).toBe(
      commits.done - 1,
    );
    await commits.close();
  },
  PATIENCE_MS,
);
