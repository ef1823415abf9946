import { readFileSync } from "node:fs";
import type { LedgerRecord } from "./ledger-record.ts";

/** All lines of a ledger; a last one that was cut off in the middle was never acknowledged. */
export function readLedger(file: string): LedgerRecord[] {
  const lines = readFileSync(file, "utf8").split("\n");
  lines.pop();
  return lines.map((line) => JSON.parse(line) as LedgerRecord);
}
