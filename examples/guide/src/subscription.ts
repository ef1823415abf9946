import { defineWorkflow, Loop } from "holdfast";
import { z } from "zod";
import type { Bank } from "./services.ts";

/** Bills a card on the same day of every month, until somebody cancels or the card is refused. */
export const subscription = (bank: Bank) =>
  defineWorkflow({
    name: "subscription",
    input: z.object({ card: z.string(), cents: z.int().positive() }),
    messages: { cancel: z.object({ reason: z.string() }) },
    run: async (ctx, { card, cents }) => {
      const begun = new Date(ctx.now());
      return await ctx.loop({
        name: "months",
        state: { paid: 0 },
        run: async (ctx, { paid }) => {
          const charge = await ctx.tryStep("charge", (step) => bank.charge(card, cents, step));
          if (!charge.ok) return Loop.break({ paid, ended: "The card was refused." });
          const cancelled = await ctx.listenUntil("wait", "cancel", monthsAfter(begun, paid + 1));
          if (cancelled !== null) return Loop.break({ paid: paid + 1, ended: cancelled.reason });
          return Loop.continue({ paid: paid + 1 });
        },
      });
    },
  });

/** In a month that is too short for the day, its last one. */
function monthsAfter(begun: Date, months: number): Date {
  const year = begun.getUTCFullYear();
  const month = begun.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(begun.getUTCDate(), lastDay)));
}
