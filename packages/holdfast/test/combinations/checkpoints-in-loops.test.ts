import { Loop, type WorkflowContext } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";

let lab: EngineLab;
let effects: string[];
beforeEach(() => {
  lab = new EngineLab();
  effects = [];
});

/** A loop whose first iteration is the only one with the checkpoint; iteration 2 waits for a message before its step. */
function bookings(pruning: { historyPruneInterval: number; historySize: number }) {
  return async (ctx: WorkflowContext): Promise<void> => {
    await ctx.loop({
      name: "bookings",
      state: 0,
      ...pruning,
      run: async (inner, at: number) => {
        if (at === 0) await inner.rollbackCheckpoint("from here");
        else {
          if (at === 3) await inner.listen("wait", "go");
          await inner.step({
            name: "book",
            run: () => effects.push(`book ${at}`),
            rollback: () => void effects.push(`cancel ${at}`),
          });
        }
        return at < 4 ? Loop.continue(at + 1) : Loop.break();
      },
    });
    throw new Error("sold out");
  };
}

const undone = ["book 1", "book 2", "book 3", "book 4", "cancel 4", "cancel 3", "cancel 2", "cancel 1"];

describe.each([
  { historyPruneInterval: 1, historySize: 0 },
  { historyPruneInterval: 2, historySize: 1 },
  { historyPruneInterval: 20, historySize: 20 },
])(
  "a checkpoint in the first iteration of a loop pruned as $historyPruneInterval/$historySize",
  (pruning) => {
    it("arms the steps of later iterations, and the rollback finds their handlers", async () => {
      const workflow = bookings(pruning);
      const handle = lab.start(workflow, { mode: "live" });
      await handle.send("go");
      await expect(lab.clock.settle(handle.result)).rejects.toThrow("sold out");
      expect(effects).toEqual(undone);
    });

    it("does so too when replay begins after the iteration that held it", async () => {
      const workflow = bookings(pruning);
      expect((await lab.run(workflow)).state).toBe("sleeping");
      const again = lab.start(workflow, { mode: "live" });
      await again.send("go");
      await expect(lab.clock.settle(again.result)).rejects.toThrow("sold out");
      expect(effects).toEqual(undone);
    });
  },
);

describe("a handler before any checkpoint", () => {
  it("is refused in every iteration, in replay as well", async () => {
    const workflow = async (ctx: WorkflowContext): Promise<string[]> => {
      const refused: string[] = [];
      await ctx.loop({
        name: "l",
        state: 0,
        historyPruneInterval: 1,
        historySize: 0,
        run: async (inner, at: number) => {
          try {
            await inner.step({ name: "s", run: () => 1, rollback: () => {} });
          } catch (error) {
            refused.push(`${at} ${(error as { code: string }).code}`);
          }
          await inner.listen("wait", "go");
          return at < 1 ? Loop.continue(at + 1) : Loop.break();
        },
      });
      return refused;
    };
    await lab.run(workflow);
    for (let at = 0; at < 2; at++) {
      const pass = lab.start(workflow);
      await pass.send("go");
      await lab.clock.settle(pass.result);
    }
    // The iteration that was pruned is not run again.
    expect((await lab.run(workflow)).output).toEqual(["1 ROLLBACK_CHECKPOINT"]);
  });
});
