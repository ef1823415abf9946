import type { WorkflowContext, WorkflowErrorEvent } from "holdfast";
import { crashDriver } from "holdfast/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";

let lab: EngineLab;
let told: WorkflowErrorEvent[];
beforeEach(() => {
  lab = new EngineLab();
  told = [];
});

const failing = (ctx: WorkflowContext) =>
  ctx.step({
    name: "charge",
    maxRetries: 1,
    run: () => {
      throw new Error("The bank is busy.");
    },
  });
const onError = (event: WorkflowErrorEvent): void => {
  told.push(event);
};

describe("of a run that fails", () => {
  it("the logger is told once, with the error, and onError of each attempt besides", async () => {
    const error = await lab.failure(failing, { onError });
    expect(lab.lines).toEqual([
      {
        level: "info",
        message: 'run failed: Step "charge" failed after 2 attempts: The bank is busy.',
        details: { workflowId: "run", error: expect.objectContaining({ code: "STEP_EXHAUSTED" }) },
      },
    ]);
    expect(told.map((event) => Object.keys(event)[0])).toEqual(["step", "step", "workflow"]);
    expect(error.message).toContain("The bank is busy.");
  });

  it("nobody is told again when its end is asked for", async () => {
    await lab.failure(failing, { onError });
    await lab.failure(failing, { onError });
    expect(lab.lines).toHaveLength(1);
    expect(told).toHaveLength(3);
  });
});

it("of a failure that was not stored nobody is told before it is", async () => {
  const driver = crashDriver(lab.storage, { faults: [{ operation: 2, fault: "crash-before" }] });
  lab.start(() => Promise.reject(new Error("no")), { driver, onError });
  await lab.clock.runUntilIdle();
  expect([driver.crashed, told, lab.lines]).toEqual([true, [], []]);
  await lab.failure(() => Promise.reject(new Error("no")), { onError });
  expect([told.length, lab.lines.length]).toEqual([1, 1]);
});

it("of a failure that the code has caught no line is written", async () => {
  const result = await lab.run(async (ctx: WorkflowContext) => failing(ctx).catch(() => "later"), {
    onError,
  });
  expect(result.output).toBe("later");
  expect(lab.lines).toEqual([]);
  expect(told).toHaveLength(2);
});
