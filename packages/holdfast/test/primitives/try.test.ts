import { CriticalError, RollbackError } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";
import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";
import { NOT_FUNCTION } from "./bad-values.ts";

applyLaws({
  kind: "try",
  perform: (ctx, name) => ctx.try(name, (inner) => inner.step("s", () => 1)),
  lasting: (ctx, name) => ctx.try(name, (inner) => inner.sleep("s", "1d")),
  compensable: (ctx, name, armed) =>
    ctx.try(name, async (inner) => {
      await armed(inner, "first");
      await armed(inner, "second");
    }),
});

refuseBadCalls("try", [
  ...wrongTypes("run", NOT_FUNCTION, (run) => (ctx) => ctx.try("op", run)),
  ...wrongTypes(
    "catch",
    [
      ["step", '"step" (string)'],
      [null, "null"],
      [["late"], "an array of 1"],
    ],
    (given) => (ctx) => ctx.try("op", async () => 1, { catch: given }),
  ),
  ["options as null", (ctx) => ctx.try("op", async () => 1, null as never), ["null"]],
  ["options as a string", (ctx) => ctx.try("op", async () => 1, "step" as never), ["string"]],
]);

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** A step that throws this at once. */
const fails = (ctx: WorkflowContext, error: Error, maxRetries = 0) =>
  ctx.step({
    name: "s",
    maxRetries,
    run: () => {
      throw error;
    },
  });

describe("what a try catches", () => {
  it.each<[string, string, (ctx: WorkflowContext) => Promise<unknown>]>([
    ["a step that is exhausted", "step", (ctx) => fails(ctx, new Error("x"))],
    ["a step that fails critically", "step", (ctx) => fails(ctx, new CriticalError("x"))],
    ["a join", "join", (ctx) => ctx.join("j", { a: { run: (b) => fails(b, new Error("x")) } })],
    ["a map", "join", (ctx) => ctx.map("m", [1], (b) => fails(b, new Error("x")))],
    ["a race", "race", (ctx) => ctx.race("r", [{ name: "a", run: (b) => fails(b, new Error("x")) }])],
  ])("by default is the failure of %s, as data", async (_what, kind, run) => {
    const { output } = await lab.run((ctx: WorkflowContext) => ctx.try("t", run));
    expect(output).toMatchObject({ ok: false, failure: { kind } });
  });

  it.each<[string, (ctx: WorkflowContext) => Promise<unknown>]>([
    ["RollbackError", (ctx) => fails(ctx, new RollbackError("mine"))],
    [
      "TypeError",
      async () => {
        throw new TypeError("mine");
      },
    ],
  ])("is no %s: it goes on to the run", async (name, run) => {
    expect((await lab.failure((ctx: WorkflowContext) => ctx.try("t", run))).name).toBe(name);
  });

  it("is a RollbackError where catch names it, and then nothing that catch does not name", async () => {
    const caught = (error: Error) => (ctx: WorkflowContext) =>
      ctx.try("t", (inner) => fails(inner, error), { catch: ["rollback"] });
    expect((await lab.run(caught(new RollbackError("x")))).output).toMatchObject({
      failure: { kind: "rollback" },
    });
    lab = new EngineLab();
    expect((await lab.failure(caught(new CriticalError("x")))).name).toBe("CriticalError");
  });

  it("comes back as it can be stored, also where the code has hung something on the error that cannot", async () => {
    const hung = (error: unknown): Error => Object.assign(error as Error, { response: () => 1, status: 503 });
    const workflow = async (ctx: WorkflowContext) => {
      const own = await ctx.try("own", () => Promise.reject(hung(new RollbackError("x"))), {
        catch: ["rollback"],
      });
      const handed = await ctx.try("handed", (inner) =>
        fails(inner, new Error("y")).catch((error: unknown) => Promise.reject(hung(error))),
      );
      return [own, handed];
    };
    expect((await lab.run(workflow)).output).toMatchObject([
      { failure: { kind: "rollback", error: { message: "x", status: 503 } } },
      { failure: { kind: "step", error: { name: "StepExhaustedError", status: 503 } } },
    ]);
  });
});
