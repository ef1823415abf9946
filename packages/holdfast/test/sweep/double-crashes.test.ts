import { describe, expect, it } from "vitest";
import { crashEverywhere } from "../../src/testing/crash-everywhere.ts";
import { programGroups } from "./programs.ts";

/** Programs of which every pair of crashes is tried: small ones, of each kind. */
const SMALL = [
  "three steps in sequence",
  "steps that are retried after short and long waits",
  "Promise.all over steps of different speed",
  "a loop with state, pruned every two iterations",
  "a join of branches with steps, sleeps and nested blocks",
  "messages that are there before, and one that comes later",
  "completable messages that are answered",
  "rollback of a sequence",
  "rollback of a loop that was pruned",
  "rollback of finished and failed joins",
];

const programs = Object.values(programGroups)
  .flat()
  .filter(({ name }) => SMALL.includes(name));

describe("a crash while recovering from a crash changes nothing", () => {
  it("has the programs that it names", () => {
    expect(programs).toHaveLength(SMALL.length);
  });

  it.each(programs)("$name", { timeout: 60_000 }, async (program) => {
    const { cases } = await crashEverywhere(program, { double: true });
    expect(cases).toBeGreaterThan(0);
  });
});
