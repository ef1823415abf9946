import { expect, test } from "vitest";
import { runFuzz } from "./run-fuzz.ts";

/** Under a load of tests a process takes long. */
const PATIENCE_MS = 120_000;

test.each([
  ["values have no checksum", "memory", 10, /BUG {2}.*it is (completed|failed) with/],
  ["values have no checksum", "kv", 16, /BUG {2}.*of pairs\.value/],
  [
    "the digest is not looked at",
    "memory",
    30,
    /BUG {2}row dropped of entries\.\*, run .*paused \(divergence\)/,
  ],
  ["rows of runs have no checksum", "memory", 6, /BUG {2}.*of runs\.workflowName/],
  ["queues have no checksum", "memory", 30, /BUG {2}.*of messages\./],
] as const)(
  "when %s, the fuzz of stored data on %s finds it",
  async (broken, home, seeds, finds) => {
    const args = ["--seeds", `${seeds}`, "--from", "1", "--home", home, "--copies", "2"];
    const { code, output } = await runFuzz(args, broken);
    expect(output).toMatch(finds);
    expect(output).toMatch(/npm run fuzz -- --seed \d+ --home \w+ --copies 2/);
    expect(code).toBe(1);
  },
  PATIENCE_MS,
);

test(
  "when values have no checksum, the laws of codecs are broken",
  async () => {
    const { code, output } = await runFuzz(["--codecs", "3500", "--seed", "1"], "values have no checksum");
    expect(output).toMatch(/BUG row: every damage is found/);
    expect(code).toBe(1);
  },
  PATIENCE_MS,
);
