import { closeSync, fdatasyncSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { stopwatch } from "../stopwatch.ts";

/** Appended 4 KiB blocks per second, each brought to the disk. */
export function rawSyncs(folder: string, kind: "fsync" | "fdatasync", count: number): number {
  const file = openSync(join(folder, `raw-${kind}`), "w");
  try {
    const block = Buffer.alloc(4_096, 1);
    const sync = kind === "fsync" ? fsyncSync : fdatasyncSync;
    const elapsed = stopwatch();
    for (let i = 0; i < count; i++) {
      writeSync(file, block);
      sync(file);
    }
    return count / (elapsed() / 1_000);
  } finally {
    closeSync(file);
  }
}
