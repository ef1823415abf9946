import { CriticalError, defineWorkflow } from "holdfast";
import type { Bank } from "./services.ts";

export const payment = (bank: Bank) =>
  defineWorkflow({
    name: "payment",
    run: async (ctx, { card, cents }: { card: string; cents: number }) => {
      const charge = await ctx.step({
        name: "charge",
        maxRetries: 5,
        timeout: "10s",
        run: async ({ idempotencyKey, signal }) => {
          if (cents <= 0) throw new CriticalError("There is nothing to pay.");
          return await bank.charge(card, cents, { idempotencyKey, signal });
        },
      });

      const receipt = await ctx.tryStep("receipt", () => bank.mailReceipt(charge));
      return { charge, mailed: receipt.ok };
    },
  });
