import { expect, test } from "vitest";
import { FEATURES, Swarm } from "../../generate/features.ts";
import { generateProgram } from "../../generate/generate-program.ts";
import { PROTO_NAME } from "../../program/names.ts";
import type { Program } from "../../program/program.ts";
import { sizeOf, visitStatements } from "../../program/walk.ts";
import { numberedSeed, Prng } from "../../random/prng.ts";
import { ProgramBench, sightProblems } from "../program/program-bench.ts";
import { ALL_OPTIONS, optionsOf } from "./options-of.ts";
import { depthOf, misplaced, namesByScope } from "./structure.ts";

const AROUND = { messages: ["order", "a/b"], runs: 3 };

function programOf(n: number): Program {
  const seed = numberedSeed(n);
  const swarm = new Swarm(new Prng(seed, "swarm"));
  return generateProgram(new Prng(seed, "program"), swarm, AROUND, "program");
}

const programs = Array.from({ length: 500 }, (_, n) => programOf(n));
const blocks = programs.flatMap(({ body, newer }) => (newer === undefined ? [body] : [body, newer]));

test("the same seed gives the same program, and a program is plain data", () => {
  for (const [n, program] of programs.slice(0, 100).entries()) {
    expect(programOf(n)).toEqual(program);
    expect(JSON.parse(JSON.stringify(program))).toEqual(program);
  }
});

test("every kind of statement and every option comes", () => {
  const reached = new Set<string>();
  for (const block of blocks) {
    visitStatements(block, (statement) => {
      for (const option of optionsOf(statement)) reached.add(option);
    });
  }
  expect([...reached].sort()).toEqual([...ALL_OPTIONS].sort());
});

test("the names of a scope are unique, but for those of messages that are sent", () => {
  for (const block of blocks) {
    const twice = namesByScope(block).flatMap((names) =>
      names.filter((name, at) => names.indexOf(name) !== at),
    );
    // Names that are refused are what they are.
    expect(twice.filter((name) => name !== "" && name.length < 1_024)).toEqual([]);
  }
});

test("programs are of 1 to some 40 statements, nested up to 4 deep, and do not perform many more", () => {
  for (const block of blocks) {
    expect(sizeOf(block)).toBeGreaterThan(0);
    expect(sizeOf(block)).toBeLessThan(70);
    expect(depthOf(block)).toBeLessThanOrEqual(7);
    let performed = 0;
    visitStatements(block, (_, repeats) => {
      performed += repeats;
    });
    expect(performed).toBeLessThan(800);
  }
});

test("an `if` looks at a statement before it in its block; a `break` is the last of a loop's body", () => {
  for (const block of blocks) expect(misplaced(block)).toEqual([]);
});

test("a join has no branch named __proto__", () => {
  for (const block of blocks) {
    visitStatements(block, (statement) => {
      if (statement.kind === "join")
        expect(statement.branches.map(({ name }) => name)).not.toContain(PROTO_NAME);
    });
  }
});

test("a swarm has about half of all features, and each feature is on in about half of the seeds", () => {
  const swarms = Array.from({ length: 500 }, (_, n) => new Swarm(new Prng(numberedSeed(n), "swarm")));
  for (const feature of FEATURES) {
    const on = swarms.filter((swarm) => swarm.has(feature)).length;
    expect(on).toBeGreaterThan(180);
    expect(on).toBeLessThan(320);
  }
  for (const swarm of swarms) {
    const on = FEATURES.filter((feature) => swarm.has(feature));
    expect(on.length).toBe(Math.floor(FEATURES.length / 2));
    for (const feature of swarm.focus) expect(swarm.weight(feature)).toBeGreaterThan(1);
  }
});

const CHUNK = 50;
test.each([0, 1, 2, 3])(
  "generated programs of chunk %i see the same in every pass and replay",
  async (chunk) => {
    const problems: string[] = [];
    for (const [n, program] of programs.slice(chunk * CHUNK, (chunk + 1) * CHUNK).entries()) {
      const bench = new ProgramBench(program);
      await bench.run(60);
      problems.push(...(await sightProblems(bench)).map((problem) => `${chunk * CHUNK + n}: ${problem}`));
    }
    expect(problems).toEqual([]);
  },
  30_000,
);
