import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { picture } from "./picture.ts";
import type { Report } from "./report.ts";

/** results.json, and the picture for the README. */
export function writeReport(report: Report, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "results.json"), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, "results.svg"), picture(report));
}
