import { defineWorkflow } from "holdfast";
import type { Mail } from "./services.ts";

/** As it was first deployed. */
export const welcome = (mail: Mail) =>
  defineWorkflow({
    name: "welcome",
    run: async (ctx, { user }: { user: string }) => {
      await ctx.step("greet", () => mail.send(user, "Welcome!"));
      await ctx.sleep("a-week", "7d");
      await ctx.step("thanks", () => mail.send(user, "Thank you for staying."));
    },
  });

/** As it is today: who was greeted before is not sent the tour. */
export const welcomeToday = (mail: Mail) =>
  defineWorkflow({
    name: "welcome",
    run: async (ctx, { user }: { user: string }) => {
      await ctx.step("greet", () => mail.send(user, "Welcome!"));
      if ((await ctx.getVersion("with-a-tour", 2)) >= 2) {
        await ctx.step("tour", () => mail.send(user, "This is how it works."));
      }
      await ctx.sleep("a-week", "7d");
      await ctx.step("thanks", () => mail.send(user, "Thank you for staying."));
    },
  });
