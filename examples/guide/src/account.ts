import { defineWorkflow, Loop } from "holdfast";
import { z } from "zod";

/** A run that lives for years: it is asked by messages, and each of them is answered. */
export const account = defineWorkflow({
  name: "account",
  messages: { deposit: z.number(), close: z.undefined() },
  run: async (ctx) =>
    await ctx.loop({
      name: "life",
      state: { balance: 0 },
      run: async (ctx, { balance }) => {
        const asked = await ctx.queue.next("ask", { names: ["deposit", "close"], completable: true });
        if (asked.name === "close") {
          await asked.complete({ balance });
          return Loop.break(`closed with ${balance}`);
        }
        const after = balance + asked.body;
        await asked.complete({ balance: after });
        return Loop.continue({ balance: after });
      },
    }),
});
