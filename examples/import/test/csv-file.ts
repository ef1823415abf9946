import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A file for one test. */
export function csvFile(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-import-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "input.csv");
  writeFileSync(file, content);
  return file;
}
