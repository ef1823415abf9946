import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own, in memory. */
export interface Tmpfs {
  readonly path: string;
  readonly remove: () => void;
}

/** @throws Error when this user, or this system, may not mount one */
export function mountTmpfs(megabytes: number): Tmpfs {
  const path = mkdtempSync(join(tmpdir(), "holdfast-disk-"));
  const { status, stderr, error } = spawnSync(
    "mount",
    ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0777`, "tmpfs", path],
    { encoding: "utf8" },
  );
  if (status !== 0) {
    rmSync(path, { recursive: true });
    throw new Error(`A tmpfs cannot be mounted: ${error?.message ?? stderr.trim()}`);
  }
  return {
    path,
    remove: () => {
      spawnSync("umount", [path]);
      rmSync(path, { recursive: true });
    },
  };
}

/** Why no tmpfs can be mounted here; null when one can. */
export function tmpfsProblem(): string | null {
  try {
    mountTmpfs(1).remove();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
