import { expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import type { Schema } from "../../src/model/schema.ts";
import { EngineLab } from "../engine-lab.ts";

/** A schema that refuses everything, with whatever it takes for issues. */
function refusing(issues: unknown): Schema<unknown, unknown> {
  return { "~standard": { version: 1, vendor: "test", validate: () => ({ issues }) as never } };
}

async function failureOf(issues: unknown): Promise<{ error: unknown; bodies: number }> {
  let bodies = 0;
  const error = await new EngineLab().failure(async (ctx: WorkflowContext) => {
    await ctx.step({ name: "step", output: refusing(issues), run: () => ++bodies });
  });
  return { error, bodies };
}

it("a path that cannot be told is a defect of the schema, which no further attempt mends", async () => {
  const key = {
    toString: () => {
      throw new Error("no text");
    },
  };
  const { error, bodies } = await failureOf([{ message: "wrong", path: [{ key }] }]);
  expect([(error as { code: string }).code, bodies]).toEqual(["INVALID_ARGUMENT", 1]);
});

it("however much a schema has to say, the first of it is told", async () => {
  const issues = new Array(3_000).fill({ message: "y".repeat(300_000), path: ["items", 0] });
  const { error, bodies } = await failureOf(issues);
  expect([(error as { code: string }).code, bodies]).toEqual(["VALIDATION", 1]);
  const [few, many] = await Promise.all([
    failureOf([{ message: "wrong" }]),
    failureOf(issues.map(() => ({ message: "a" }))),
  ]);
  expect((few.error as Error).message).toMatch(/does not fit its schema: wrong\.$/);
  expect((many.error as Error).message).toMatch(/does not fit its schema: a; (a; ){19}and 2980 more\.$/);
});
