import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A path in a fresh directory, and what removes the directory. */
export interface TemporaryFile {
  readonly path: string;
  readonly remove: () => void;
}

export function temporaryFile(name: string): TemporaryFile {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-soak-"));
  return { path: join(directory, name), remove: () => rmSync(directory, { recursive: true, force: true }) };
}
