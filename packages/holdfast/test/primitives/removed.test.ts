import type { WorkflowContext } from "holdfast";
import { describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";

applyLaws({ kind: "removed", unrecorded: true, perform: (ctx, name) => ctx.removed(name, "step") });

refuseBadCalls(
  "removed",
  wrongTypes(
    "kind",
    [
      ["Step", '"Step" (string)'],
      [undefined, "undefined"],
      [null, "null"],
      ["answer", '"answer" (string)'],
    ],
    (v) => (ctx) => ctx.removed("op", v),
  ),
);

describe("a send that is removed", () => {
  type Part = (ctx: WorkflowContext) => Promise<unknown>;
  const step: Part = (ctx) => ctx.step("notify", () => "told");
  const send: Part = (ctx) => ctx.queue.send("notify", 1);
  const gone: Part = (ctx) => ctx.removed("notify", "send");
  const workflow =
    (...parts: readonly Part[]) =>
    async (ctx: WorkflowContext): Promise<unknown[]> => {
      const told: unknown[] = [];
      for (const part of parts) told.push(await part(ctx));
      await ctx.sleep("later", "1h");
      return told;
    };

  it.each([
    ["behind", [step, send], [step, gone]],
    ["in front of", [send, step], [gone, step]],
  ])("may stand %s another operation of that name", async (_, older, newer) => {
    const lab = new EngineLab();
    await lab.run(workflow(...older));
    await lab.clock.advance("1h");
    const { output } = await lab.run(workflow(...newer));
    expect(output).toEqual(newer.map((part) => (part === gone ? undefined : "told")));
  });

  it("is nothing at all in a run that has none", async () => {
    const lab = new EngineLab();
    await lab.run(workflow(gone, step, gone));
    await lab.clock.advance("1h");
    expect(await lab.run(workflow(step))).toMatchObject({ output: ["told"] });
  });

  it("leaves none of that name behind it, which would be taken for the one that was sent", async () => {
    const lab = new EngineLab();
    await lab.run(workflow(send));
    await lab.clock.advance("1h");
    const newer = async (ctx: WorkflowContext): Promise<void> => {
      await gone(ctx);
      await ctx.sleep("later", "1h");
      await ctx.queue.send("other", 1);
      await ctx.try("elsewhere", send);
      await send(ctx);
    };
    expect(await lab.failure(newer)).toMatchObject({ code: "DUPLICATE_NAME" });
  });

  it("keeps to the rules of names and scopes", async () => {
    const refused = (call: Part): Promise<Error> => new EngineLab().failure(call as never);
    expect(await refused((ctx) => ctx.removed("", "send"))).toMatchObject({ name: "InvalidArgumentError" });
    const inside: Part = (ctx) => ctx.try("t", () => ctx.removed("notify", "send"));
    expect(await refused(inside)).toMatchObject({ name: "ContextMisuseError" });
  });
});
