import { defineWorkflow } from "holdfast";
import { z } from "zod";
import type { Mail } from "./services.ts";

export const approval = (mail: Mail) =>
  defineWorkflow({
    name: "approval",
    input: z.object({ document: z.string(), boss: z.email() }),
    output: z.object({ approved: z.boolean(), by: z.string() }),
    messages: { decision: z.object({ approved: z.boolean(), by: z.string() }) },
    run: async (ctx, { document, boss }) => {
      await ctx.step("ask", () => mail.send(boss, `Please look at ${document}.`));
      for (let reminders = 0; reminders < 3; reminders += 1) {
        const decision = await ctx.listenWithTimeout(`wait-${reminders}`, "decision", "2d");
        if (decision !== null) return decision;
        await ctx.step(`remind-${reminders}`, () => mail.send(boss, `${document} still waits for you.`));
      }
      return { approved: false, by: "nobody" };
    },
  });
