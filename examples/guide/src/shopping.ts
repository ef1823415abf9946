import { defineWorkflow } from "holdfast";
import type { Prices } from "./services.ts";

export const shopping = (prices: Prices) =>
  defineWorkflow({
    name: "shopping",
    run: async (ctx, { articles }: { articles: string[] }) => {
      const found = await ctx.map(
        "articles",
        articles,
        async (ctx, article) => {
          const asked = await ctx.join("shops", {
            east: { run: (ctx) => ctx.step("ask", () => prices.ask("east", article)) },
            west: { run: (ctx) => ctx.step("ask", () => prices.ask("west", article)) },
          });
          return Math.min(asked.east, asked.west);
        },
        { concurrency: 5 },
      );

      const { winner } = await ctx.race("confirm", [
        { name: "answered", run: (ctx) => ctx.listen("wait", "confirmed") },
        { name: "too late", run: (ctx) => ctx.sleep("patience", "1h") },
      ]);
      return { total: found.reduce((sum, price) => sum + price, 0), bought: winner === "answered" };
    },
  });
