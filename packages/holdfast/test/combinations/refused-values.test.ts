import type { WorkflowContext } from "holdfast";
import { crashEverywhere } from "holdfast/testing";
import { describe, expect, it } from "vitest";

/** Why a call was refused, or "taken". */
async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return "taken";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("a send whose body is refused", () => {
  const bodies: [string, unknown, readonly string[]][] = [
    ["that cannot be stored", { deep: [() => 1] }, ["deep[0]"]],
    ["that is too large", "x".repeat(256 * 1024), ["messageBytes", "262144"]],
  ];

  it.each(bodies)("%s is refused in a replay, too, whatever is sent next", async (_what, body, says) => {
    const workflow = async (ctx: WorkflowContext) => {
      const first = await outcomeOf(() => ctx.queue.send("op", body));
      for (const part of says) expect(first).toContain(part);
      const second = await outcomeOf(() => ctx.queue.send("op", "instead"));
      await ctx.sleep("a while", 100);
      return { first, second, received: await ctx.listenNWithTimeout("wait", "op", 5, 0) };
    };
    await crashEverywhere({ name: "sends", workflow });
  });
});
