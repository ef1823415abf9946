import { defineWorkflow } from "holdfast";

/** Waits for a message, and gives what other ones have come meanwhile. */
export const gathering = defineWorkflow({
  name: "gathering",
  run: async (ctx) => {
    await ctx.listen("gate", "go");
    const gathered = await ctx.queue.nextBatch("words", { names: ["word"], count: 9, timeout: 0 });
    return gathered.map(({ body }) => body);
  },
});
