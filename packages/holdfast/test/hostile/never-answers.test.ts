import { defaultCodec, type PayloadCodec, type Schema, type WorkflowContext } from "holdfast";
import { beforeEach, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

const silentSchema: Schema<unknown, number> = {
  "~standard": { version: 1, vendor: "test", validate: () => new Promise(() => {}) },
};

/** Never answers for what a step gives. */
const silentCodec: PayloadCodec = {
  encode: (value, what) =>
    what.startsWith("the result of step") ? new Promise(() => {}) : defaultCodec.encode(value, what),
  decode: (bytes) => defaultCodec.decode(bytes),
};

it("an output schema that never answers fails its step by the step's timeout", async () => {
  const workflow = (ctx: WorkflowContext) =>
    ctx.step({ name: "s", timeout: "10s", output: silentSchema, run: () => 1 });
  expect(await lab.failure(workflow)).toMatchObject({ code: "STEP_TIMEOUT" });
});

it.each([
  ["an output schema", (ctx: WorkflowContext) => ctx.step({ name: "s", output: silentSchema, run: () => 1 })],
  ["a codec", (ctx: WorkflowContext) => ctx.step("s", () => 1), silentCodec],
] as const)(
  "%s that never answers does not hold up a cancel for long",
  async (_, workflow, codec = defaultCodec) => {
    const handle = lab.start(workflow, { mode: "live", codec });
    await lab.clock.advance(10);
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
    expect(await handle.getState()).toBe("cancelled");
  },
);
