import { defineWorkflow } from "holdfast";
import type { Travel } from "./services.ts";

export const journey = (travel: Travel) =>
  defineWorkflow({
    name: "journey",
    run: async (ctx) => {
      await ctx.rollbackCheckpoint("booked");
      const booked: string[] = [];
      for (const what of ["flight", "hotel", "car"] as const) {
        const booking = await ctx.step({
          name: what,
          maxRetries: 1,
          run: () => travel.book(what),
          rollback: (_ctx, booking) => travel.cancel(booking),
        });
        booked.push(booking);
      }
      return booked;
    },
  });
