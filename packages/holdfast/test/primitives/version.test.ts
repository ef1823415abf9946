import { expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";
import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";

applyLaws({ kind: "version", perform: (ctx, name) => ctx.getVersion(name, 3) });

refuseBadCalls(
  "getVersion",
  wrongTypes(
    "latest",
    [
      [0, "0 (number)"],
      [-1, "-1 (number)"],
      [1.5, "1.5 (number)"],
      [Number.NaN, "NaN (number)"],
      ["2", '"2" (string)'],
      [null, "null"],
      [undefined, "undefined"],
      [2 ** 53, "9007199254740992 (number)"],
    ],
    (v) => (ctx) => ctx.getVersion("op", v),
  ),
);

it("a gate that a rollback comes to without an answer is answered, and not recorded", async () => {
  const lab = new EngineLab();
  const undone: string[] = [];
  const workflow = async (ctx: WorkflowContext): Promise<void> => {
    await ctx.rollbackCheckpoint("checkpoint");
    await ctx.race("race", [
      {
        name: "quick",
        run: async (inner) => {
          await inner.sleep("sleep", 10);
          await inner.step("charge", () => 1, { rollback: () => void undone.push("charge") });
        },
      },
      {
        name: "slow",
        run: async (inner) => {
          await inner.getVersion("lost with its branch", 2);
          await inner.sleep("sleep", 60_000);
        },
      },
    ]);
    throw new Error("no");
  };
  const handle = lab.start(workflow, { mode: "live" });
  await lab.clock.settle(handle.result.catch(() => {}));
  expect(undone).toEqual(["charge"]);
  const ids = (await handle.history()).entries.map(({ id }) => id);
  expect(ids.toSorted()).toEqual(["checkpoint", "race", "race/~quick/charge", "race/~quick/sleep"]);
});
