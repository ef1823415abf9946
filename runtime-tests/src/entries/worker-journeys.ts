// Runs on workerd: runs whose steps are written down outside, so that it can be told how often each of them ran.
import { DurableObject, env } from "cloudflare:workers";
import { defineWorkflow, type StepContext, type WorkflowContext } from "holdfast";
import { objectClient, workflowObject } from "holdfast/cloudflare";

interface Env {
  readonly JOURNEYS: DurableObjectNamespace<Journeys>;
  readonly LEDGER: Fetcher;
}

/** Writes down that a step has started; gives the number of the start. */
async function started({ idempotencyKey }: StepContext): Promise<number> {
  const response = await (env as Env).LEDGER.fetch("http://ledger/", {
    method: "POST",
    body: idempotencyKey,
  });
  const number = Number(await response.text());
  await scheduler.wait(number % 20);
  return number;
}

const journey = defineWorkflow({
  name: "journey",
  run: async (ctx: WorkflowContext) => {
    const results: Record<string, number> = { first: await ctx.step("first", started) };
    const both = await ctx.join("both", {
      left: { run: (branch) => branch.step("left", started) },
      right: {
        run: async (branch) => {
          await branch.sleep("nap", 120);
          return branch.step("right", started);
        },
      },
    });
    const word = await ctx.listen("for the word", "word");
    const items = await ctx.map("items", [0, 1, 2], (item) => item.step("item", started), { concurrency: 2 });
    await ctx.sleep("rest", 80);
    results.last = await ctx.step("last", started);
    return { ...results, ...both, items, word };
  },
});

export class Journeys extends workflowObject(DurableObject, journey, { watchMs: 150 }) {}

export default {
  async fetch(request: Request, { JOURNEYS }: Env): Promise<Response> {
    const [, what, id = ""] = new URL(request.url).pathname.split("/");
    const journeys = objectClient(JOURNEYS, journey);
    const handle = journeys.handle(id);
    try {
      if (what === "start") await journeys.start({ workflowId: id });
      if (what === "word") await handle.send("word", `for ${id}`, { messageId: "word" });
      const value = what === "result" ? await handle.result({ timeout: "10s" }) : what;
      return Response.json({ value });
    } catch (error) {
      return Response.json({ error: String(error) });
    }
  },
};
