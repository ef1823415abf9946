import type { Prng } from "../../../simulator/random/prng.ts";
import { begunAnew, type DiskState, frameEnds, sameBytes, withHeaderOf } from "./disk-state.ts";

/** What a disk may hold when the power goes between two commits, and which of them it has to hold. */
export interface PowerCut {
  readonly what: string;
  readonly disk: DiskState;
  /** The commit before was acknowledged, so it is there in any case; of the one at work this is known. */
  readonly latest: "there" | "not there" | "perhaps";
}

/** A disk writes these as a whole, and several in any order until it is told to sync. */
const SECTOR_BYTES = 512;
const SHUFFLES = 5;
const CUTS = 4;

/**
 * What may be left when the power goes while a commit is made. SQLite syncs the log with the commit before it answers; it
 * syncs the header of a log that begins anew before its first frame; it syncs the log before it takes pages into the file, and
 * the file before the log begins anew. Between two syncs any sector may have been written, and any not.
 */
export function powerCuts(before: DiskState, after: DiskState, prng: Prng): PowerCut[] {
  const anew = begunAnew(before, after);
  const logged = anew ? anewCuts(before, after, prng) : appendedCuts(before, after, prng);
  return sameBytes(before.file, after.file) ? logged : [...logged, ...checkpointCuts(before, after, prng)];
}

function appendedCuts(before: DiskState, after: DiskState, prng: Prng): PowerCut[] {
  const synced = frameEnds(before).at(-1) ?? 0;
  const ends = frameEnds(after).filter((end) => end > synced);
  const last = ends.at(-1) ?? synced;
  const cutAt = (end: number, what: string): PowerCut => ({
    what: `${what}, at byte ${end} of ${synced} to ${last}`,
    disk: { file: before.file, log: cutLog(before.log, after.log, end) },
    latest: end === last ? "there" : end <= synced ? "not there" : "perhaps",
  });
  const some = [...prng.shuffle(ends).slice(0, CUTS), ...ends.slice(-2)];
  const torn = some.map((end) => Math.max(end - prng.between(1, SECTOR_BYTES + 24), synced));
  return [
    cutAt(synced, "nothing of the commit is written"),
    ...some.map((end) => cutAt(end, "the log ends with a frame")),
    ...torn.map((end) => cutAt(end, "the log ends within a frame")),
    ...shuffled(before, after.log, prng),
  ];
}

/** What was written up to `end`; behind it is what was there before. */
function cutLog(before: Uint8Array, after: Uint8Array, end: number): Uint8Array {
  const log = new Uint8Array(Math.max(before.length, end));
  log.set(before);
  log.set(after.subarray(0, end));
  return log;
}

/** The log begins anew: everything that was in it is in the file, which is synced. */
function anewCuts({ file, log: old }: DiskState, after: DiskState, prng: Prng): PowerCut[] {
  const torn = withHeaderOf(old, after.log, prng.between(1, 31));
  const header = withHeaderOf(old, after.log);
  return [
    { what: "the header of the log is torn", disk: { file, log: torn }, latest: "not there" },
    { what: "only the header of the log is new", disk: { file, log: header }, latest: "not there" },
    ...shuffled({ file, log: header }, after.log, prng),
  ];
}

/** Some sectors of what was to be written are written, others are as they were, or zeros behind the end. */
function shuffled(synced: DiskState, written: Uint8Array, prng: Prng): PowerCut[] {
  return Array.from({ length: SHUFFLES }, (_, index) => {
    const share = index / (SHUFFLES - 1);
    const log = mixed(synced.log, written, () => prng.chance(share));
    const latest = sameBytes(log.subarray(0, written.length), written) ? "there" : "perhaps";
    return { what: `sectors of the log, ${share} of them`, disk: { file: synced.file, log }, latest };
  });
}

/** Pages are taken into the file while the log, which is synced, still has them all. */
function checkpointCuts(before: DiskState, after: DiskState, prng: Prng): PowerCut[] {
  return Array.from({ length: SHUFFLES }, (_, index) => {
    const share = index / (SHUFFLES - 1);
    const file = mixed(before.file, after.file, () => prng.chance(share));
    const disk = { file, log: after.log };
    return { what: `sectors of the file, ${share} of them`, disk, latest: "there" };
  });
}

function mixed(before: Uint8Array, after: Uint8Array, isWritten: () => boolean): Uint8Array {
  const disk = new Uint8Array(Math.max(before.length, after.length));
  disk.set(before);
  for (let at = 0; at < after.length; at += SECTOR_BYTES) {
    if (isWritten()) disk.set(after.subarray(at, at + SECTOR_BYTES), at);
  }
  return disk;
}
