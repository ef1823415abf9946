import { runWorkflow, type WorkflowContext } from "holdfast";
import { memoryDriver } from "holdfast/memory";
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

describe("an answer that is refused", () => {
  const asked = (count: number) =>
    Array.from({ length: count }, (_, body) => ({ name: "ask", body, completable: true }));

  it("is none: another one may be given, and it is that which the sender gets", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      const batch = await ctx.queue.nextBatch("wait", { names: ["ask"], count: 2, completable: true });
      const told: string[] = [];
      for (const message of batch) {
        told.push(await outcomeOf(() => message.complete(() => 1)));
        told.push(await outcomeOf(() => message.complete("x".repeat(2 ** 20))));
        told.push(await outcomeOf(() => message.complete(message.body)));
        told.push(await outcomeOf(() => message.complete(() => 1)));
      }
      await ctx.sleep("a while", 100);
      const last = await ctx.queue.next("last", { names: ["ask"], completable: true });
      await last.complete("the last");
      return told.map((one) => one.slice(0, 10));
    };
    await crashEverywhere({ name: "answers", workflow, messages: asked(3) });
    const driver = memoryDriver({ workflowId: "a" });
    const handle = runWorkflow("a", workflow, undefined, driver, { mode: "live" });
    const answers = [0, 1, 2].map((body) => handle.request("ask", body, { messageId: `m${body}` }));
    expect(await Promise.all(answers)).toEqual([0, 1, "the last"]);
    const { output } = await handle.result;
    expect(output?.slice(2, 4)).toEqual(["taken", "taken"]);
    expect(await handle.request("ask", 7, { messageId: "m1" })).toBe(1);
  });

  it("leaves the message unanswered: it holds up the next one, and fails the block that ends with it", async () => {
    const workflow = async (ctx: WorkflowContext) => {
      const message = await ctx.queue.next("first", { names: ["ask"], completable: true });
      const refused = await outcomeOf(() => message.complete(() => 1));
      const next = await outcomeOf(() => ctx.queue.next("next", { names: ["ask"] }));
      await message.complete();
      const block = await outcomeOf(() =>
        ctx.try("block", async (ctx) => {
          const { complete } = await ctx.queue.next("inside", { names: ["ask"], completable: true });
          await outcomeOf(() => complete(Symbol("no")));
        }),
      );
      return [refused, next, block];
    };
    await crashEverywhere({ name: "unanswered", workflow, messages: asked(2) });
    const driver = memoryDriver({ workflowId: "a" });
    const handle = runWorkflow("a", workflow, undefined, driver, { mode: "live" });
    for (const { name } of asked(2)) void handle.request(name).catch(() => {});
    const { output = [] } = await handle.result;
    expect(output[0]).toContain("cannot be stored");
    expect(output[1]).toContain("has no answer yet");
    expect(output[2]).toContain("has no answer yet");
  });
});
