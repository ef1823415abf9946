import type { WorkflowContext } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";

/**
 * Strands that wait for promises of their own before they ask: how long those take is another thing in each replay, and the order in
 * which they are handed what is recorded is not.
 */
let lab: EngineLab;
/** How long each strand waits for itself, in milliseconds. */
let pace: Record<string, number>;
beforeEach(() => {
  lab = new EngineLab();
  pace = { a: 10, b: 300 };
});

type Block = (ctx: WorkflowContext) => Promise<unknown>;

const strand = async (ctx: WorkflowContext, name: string, handed: string[]) => {
  for (const turn of [1, 2]) {
    await lab.clock.sleep(pace[name] ?? 0);
    handed.push(await ctx.step(`${name}${turn}`, () => `${name}${turn}`));
  }
};

describe("strands that ask in another order than they did", () => {
  const workflow = async (ctx: WorkflowContext) => {
    const handed: string[] = [];
    await Promise.all([strand(ctx, "a", handed), strand(ctx, "b", handed)]);
    const chosen = await ctx.step(`after ${handed[0]}`, () => handed.join());
    return [chosen, handed.join(), await ctx.listen("wait", "message")];
  };

  const evicted = async () => {
    const first = lab.start(workflow, { mode: "live" });
    await lab.clock.advance(2_000);
    await first.evict();
  };

  const endsInOrder = async (handle: ReturnType<typeof lab.start>) => {
    await lab.clock.advance(5_000);
    await handle.send("message", "here");
    const { output } = await lab.clock.settle(handle.result);
    expect(output).toEqual(["a1,a2,b1,b2", "a1,a2,b1,b2", "here"]);
  };

  it("are handed what is recorded in the order of the record", async () => {
    await evicted();
    pace = { a: 300, b: 10 };
    await endsInOrder(lab.start(workflow, { mode: "live" }));
  });

  it("can be paused while the first of them is waited for", async () => {
    await evicted();
    pace = { a: 100_000, b: 10 };
    const second = lab.start(workflow, { mode: "live" });
    await lab.clock.advance(50);
    await lab.clock.settle(second.pause());
    expect(await second.getState()).toBe("paused");
    pace = { a: 10, b: 10 };
    await second.resume();
    await endsInOrder(second);
  });

  it("may take a second each, and more in all", async () => {
    await evicted();
    pace = { a: 900, b: 900 };
    await endsInOrder(lab.start(workflow, { mode: "live" }));
  });
});

it.each([
  { where: "in the workflow", within: (ctx: WorkflowContext, block: Block) => block(ctx) },
  {
    where: "in a block that has ended",
    within: (ctx: WorkflowContext, block: Block) => ctx.try("try", block),
  },
])("a rollback hands over what is recorded $where in the order of the record", async ({ within }) => {
  const undone: string[] = [];
  const workflow = async (ctx: WorkflowContext) => {
    const handed: string[] = [];
    await ctx.rollbackCheckpoint("from here");
    await within(ctx, async (inner) => {
      await Promise.all([strand(inner, "a", handed), strand(inner, "b", handed)]);
      await inner.step({
        name: `after ${handed[0]}`,
        run: () => 0,
        rollback: () => undone.push(handed.join()),
      });
    });
    pace = { a: 300, b: 10 };
    throw new Error("the workflow fails");
  };
  await expect(lab.run(workflow)).rejects.toThrow("the workflow fails");
  expect(undone).toEqual(["a1,a2,b1,b2"]);
});

it("what code asks for later than it did is waited for once in a replay", async () => {
  const names = Array.from({ length: 50 }, (_, index) => `step-${index}`);
  const workflow = (order: readonly string[]) => async (ctx: WorkflowContext) => {
    for (const name of order) await ctx.step(name, () => name);
    return ctx.listen("wait", "message");
  };
  const first = lab.start(workflow(["moved", ...names]), { mode: "live" });
  await lab.clock.advance(100);
  await first.evict();
  const second = lab.start(workflow([...names, "moved"]), { mode: "live" });
  await second.send("message", "here");
  await lab.clock.advance(1_100);
  expect(await second.getState()).toBe("completed");
});
