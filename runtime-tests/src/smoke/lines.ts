import type { CaseReport } from "./run-case.ts";

/** What a runtime says of itself and of its cases: a line of JSON each. */
export type Line = { readonly version: string } | CaseReport;

export const encodeLine = (line: Line): string => `${JSON.stringify(line)}\n`;

/** The lines of an output; what else a runtime writes there is left out. */
export function decodeLines(output: string): Line[] {
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as Line);
}
