import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { LedgerTail } from "../round/ledger-tail.ts";
import { until } from "../round/pause.ts";
import type { Harm } from "../round/play.ts";
import { beats, type Rhythm } from "./beats.ts";

/** So many calls of the storage have failed before space is freed again. */
const FAILURES = 5;
/** If none does: what is due waits for something else. */
const PATIENCE_MS = 3_000;

/** Fills the file system of the store, lets calls fail, and frees the space again; again and again. */
export function diskFull(rhythm: Rhythm): Harm {
  return async ({ crew, round, signal }) => {
    const tail = new LedgerTail(round.files.ledger);
    const ballast = join(dirname(round.files.database), "ballast");
    let outages = 0;
    await Promise.all(crew.alive.map((child) => child.ready));
    for await (const _ of beats(rhythm, signal)) {
      const before = tail.read().length;
      fill(ballast);
      const failures = (): true | undefined => {
        const failed = tail
          .read()
          .slice(before)
          .filter(({ type }) => type === "outage");
        return failed.length >= FAILURES ? true : undefined;
      };
      const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
      if (await until(failures, patience)) outages += 1;
      unlinkSync(ballast);
    }
    return { outages };
  };
}

/** Writes until there is no room for another byte. */
function fill(file: string): void {
  const ballast = openSync(file, "w");
  try {
    for (let size = 1 << 20; size >= 1; size = size === 1 ? 0 : size >> 4) fillWith(ballast, size);
  } finally {
    closeSync(ballast);
  }
}

function fillWith(ballast: number, size: number): void {
  const block = new Uint8Array(size);
  try {
    for (;;) writeSync(ballast, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
