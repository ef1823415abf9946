import { CriticalError, defineWorkflow, Loop, type RollbackContext } from "#holdfast/index.ts";
import type { Ledger } from "./ledger.ts";

/** A run that fails after steps with handlers, in blocks and a loop; one handler is tried again after hours. */
export function refundOf(ledger: Ledger) {
  return defineWorkflow({
    name: "refund",
    run: async (ctx, input: { readonly n: number }) => {
      const body = <Result>(name: string, result: Result) => ledger.body(ctx.workflowId, name, result);
      const undo = (name: string) => async (handler: RollbackContext, result: unknown) => {
        await body(`undo ${name} ${String(result)}`, null);
        if (name === "charge" && handler.attempt === 1) throw new Error("the bank is closed");
      };
      await ctx.rollbackCheckpoint("from here");
      await ctx.step({ name: "reserve", run: () => body("reserve", input.n), rollback: undo("reserve") });
      await ctx.join("both", {
        charge: {
          run: (inner) =>
            inner.step({
              name: "charge",
              run: () => body("charge", "c"),
              rollback: { run: undo("charge"), retryBackoffBase: "5h", retryBackoffMax: "5h" },
            }),
        },
        plain: { run: (inner) => inner.step("plain", () => body("plain", 1)) },
      });
      await ctx.loop({
        name: "items",
        state: 0,
        run: async (inner, at) => {
          if (at === 2) return Loop.break();
          await inner.step({ name: "item", run: () => body(`item ${at}`, at), rollback: undo("item") });
          return Loop.continue(at + 1);
        },
      });
      const ready = await ctx.step({ name: "ready", timeout: 0, run: () => body("ready", true) });
      throw new CriticalError(`refund ${input.n} ${ready}`, { cause: new Map([["why", input.n]]) });
    },
  });
}
