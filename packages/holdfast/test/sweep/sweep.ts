import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CrashOptions, crashEverywhere } from "../../src/testing/crash-everywhere.ts";
import type { CrashProgram } from "../../src/testing/crash-program.ts";
import { programGroups } from "./programs.ts";

/** What a file of the sweep tries. */
export interface Sweep {
  /** A sentence with an outcome. */
  readonly outcome: string;
  readonly options: CrashOptions;
  /** What every program is run with besides. */
  readonly with?: Partial<CrashProgram>;
  /** @default all programs */
  readonly only?: readonly string[];
}

/** Tries faults on programs; says at the end how many runs with a fault were checked. */
export function sweep({ outcome, options, with: besides = {}, only }: Sweep): void {
  let tried = 0;
  const known = Object.values(programGroups).flat();
  const groups = Object.entries(programGroups)
    .map(([group, all]) => ({ group, programs: all.filter(({ name }) => only?.includes(name) ?? true) }))
    .filter(({ programs }) => programs.length > 0);

  if (only !== undefined) {
    it("has the programs that it names", () => {
      expect(known.map(({ name }) => name)).toEqual(expect.arrayContaining([...only]));
    });
  }

  // Most of the time of a run that fails would go into the stacks of its errors.
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    Error.stackTraceLimit = 2;
  });

  describe.each(groups)(`${outcome}: $group`, ({ programs }) => {
    it.each(programs)("$name", { timeout: 60_000 }, async (program) => {
      const { cases } = await crashEverywhere({ ...program, ...besides }, options);
      expect(cases).toBeGreaterThan(0);
      tried += cases;
    });
  });

  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
    process.stdout.write(`${outcome}: ${tried} runs with faults\n`);
  });
}
