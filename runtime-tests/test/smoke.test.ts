import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CASES } from "../src/smoke/cases.ts";
import { runCase } from "../src/smoke/run-case.ts";
import { processStages } from "../src/stages/process-stages.ts";

const warnings: string[] = [];
const note = (warning: Error): void => {
  if (warning.name !== "ExperimentalWarning") warnings.push(String(warning));
};

describe.each(await processStages())("on this Node, in $name", (stage) => {
  beforeAll(() => void process.on("warning", note));
  afterAll(() => void process.off("warning", note));

  test.each(CASES)("$name", async (one) => {
    expect((await runCase(one, stage)).problem).toBeUndefined();
    expect(warnings).toEqual([]);
  });
});
