import { expect, test } from "vitest";
import { canonicalPrograms } from "../../program/canonical-programs.ts";
import type { Program } from "../../program/program.ts";
import { ProgramBench, sightProblems } from "./program-bench.ts";

const programs = canonicalPrograms();

async function problemsOf(program: Program): Promise<readonly string[]> {
  const bench = new ProgramBench(program, "run-0");
  const end = await bench.run();
  const { commits } = bench.driver.stats;
  return [
    ...(await sightProblems(bench)),
    ...(end.state === "completed" || end.state === "failed" ? [] : [`it is ${end.state}: ${end.error}`]),
    ...(commits < 25 ? [] : [`it has ${commits} commits`]),
  ].map((problem) => `${program.name}: ${problem}`);
}

test("there are several hundred programs, and each has a name of its own", () => {
  expect(programs.length).toBeGreaterThan(500);
  expect(new Set(programs.map(({ name }) => name)).size).toBe(programs.length);
});

const CHUNK = 100;
const chunks = Array.from({ length: Math.ceil(programs.length / CHUNK) }, (_, n) => n * CHUNK);

test.each(chunks)(
  "programs from number %i come to their end with few commits, and see the same in every pass and replay",
  async (from) => {
    const problems: string[] = [];
    for (const program of programs.slice(from, from + CHUNK)) problems.push(...(await problemsOf(program)));
    expect(problems).toEqual([]);
  },
  30_000,
);
