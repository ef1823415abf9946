import { createHost, defineWorkflow } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";

const greeting = defineWorkflow({
  name: "greeting",
  run: async (ctx, { user }: { user: string }) => {
    const at = await ctx.step("hello", () => {
      console.log(`Hello, ${user}!`);
      return new Date();
    });
    await ctx.sleep("a while", "5s");
    await ctx.step("bye", () => console.log(`Goodbye, ${user}.`));
    return { greetedAt: at };
  },
});

const store = sqliteStore("greetings.db");
const host = await createHost({ store, workflows: [greeting] });
const handle = await host.start(greeting, { workflowId: "greet-ada", input: { user: "Ada" } });
console.log(await handle.result());
await host.stop();
await store.close();
