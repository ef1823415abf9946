import {
  createHost,
  defineWorkflow,
  Loop,
  runWorkflow,
  ValidationError,
  type WorkflowContext,
} from "holdfast";
import { memoryDriver, memoryStore } from "holdfast/memory";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";

const order = defineWorkflow({
  name: "order",
  input: z.object({ orderId: z.string(), copies: z.number().default(1) }),
  output: z.object({ tracking: z.string() }),
  messages: { shipped: z.object({ tracking: z.string() }), lost: z.object({ reason: z.string() }) },
  run: async (ctx, { orderId, copies }) => {
    expectTypeOf(orderId).toEqualTypeOf<string>();
    expectTypeOf(copies).toEqualTypeOf<number>();
    await ctx.rollbackCheckpoint("billing");
    const receipt = await ctx.step({
      name: "charge",
      maxRetries: 5,
      timeout: "10s",
      run: ({ idempotencyKey, signal }) => {
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
        return { id: idempotencyKey };
      },
      rollback: (_ctx, receipt) => {
        expectTypeOf(receipt.id).toEqualTypeOf<string>();
      },
    });
    expectTypeOf(receipt).toEqualTypeOf<{ id: string }>();
    const shipped = await ctx.queue.next("wait-shipping", { names: ["shipped"], timeout: "3d" });
    expectTypeOf(shipped.name).toEqualTypeOf<"shipped">();
    expectTypeOf(shipped.body).toEqualTypeOf<{ tracking: string }>();
    return { tracking: shipped.body.tracking };
  },
});

describe("types of a definition", () => {
  it("come from its schemas", async () => {
    const handle = runWorkflow("order-1", order, { orderId: "7" }, memoryDriver(), { mode: "live" });
    await handle.send("shipped", { tracking: "T-9" });
    const result = await handle.result;
    expectTypeOf(result.output).toEqualTypeOf<{ tracking: string } | undefined>();
    expect(result).toEqual({ state: "completed", output: { tracking: "T-9" } });
  });

  it("tell what is sent from what is received where a schema changes it", async () => {
    const counter = defineWorkflow({
      name: "counter",
      messages: { add: z.string().transform(Number) },
      run: async (ctx) => {
        const received = await ctx.listen("wait", "add");
        expectTypeOf(received).toEqualTypeOf<number>();
        return received + 1;
      },
    });
    const host = await createHost({ store: memoryStore(), workflows: [counter] });
    const handle = await host.start(counter, { workflowId: "counter-1" });
    await handle.send("add", "41");
    // @ts-expect-error The schema takes text.
    await expect(handle.send("add", 41)).rejects.toThrow(ValidationError);
    expect(await handle.result()).toBe(42);
    await runWorkflow("counter-2", counter, undefined, memoryDriver()).result;
    await host.stop();
  });

  it("come from the function where there is no schema", async () => {
    const double = defineWorkflow({
      name: "double",
      run: async (ctx, input: { value: number }) => ctx.step("double", () => input.value * 2),
    });
    const result = await runWorkflow("double-1", double, { value: 4 }, memoryDriver()).result;
    expectTypeOf(result.output).toEqualTypeOf<number | undefined>();
    expect(result.output).toBe(8);
  });

  it("refuse an input that a bare function, or a definition made by hand, does not take", async () => {
    const store = memoryStore();
    const double = async (_ctx: WorkflowContext, input: { value: number }) => input.value * 2;
    const byHand = { name: "by hand", run: double };
    const host = await createHost({ store, workflows: [double, byHand] });
    const wrong = [
      // @ts-expect-error It takes a number.
      runWorkflow("a", double, { value: "4" }, memoryDriver()).result,
      // @ts-expect-error It takes an input.
      runWorkflow("b", double, undefined, memoryDriver()).result,
      // @ts-expect-error It takes a number.
      runWorkflow("c", byHand, { value: "4" }, memoryDriver()).result,
      // @ts-expect-error It takes a number.
      host.start(double, { workflowId: "d", input: { value: "4" } }),
      // @ts-expect-error It takes a number.
      host.start(byHand, { workflowId: "e", input: { value: "4" } }),
    ];
    await Promise.allSettled(wrong);
    const right = await host.start(double, { workflowId: "f", input: { value: 4 } });
    expectTypeOf(right.result()).toEqualTypeOf<Promise<number>>();
    expect(await right.result()).toBe(8);
    await host.stop();
  });

  it("follow a loop that is left with values of several types", async () => {
    const workflow = async (ctx: WorkflowContext, last: number) => {
      const ended = await ctx.loop({
        name: "months",
        state: { month: 1, plan: "basic" as "basic" | "pro" },
        run: async (_iteration, state) => {
          if (state.month === last) return Loop.break({ reason: null });
          if (state.plan === "pro") return Loop.break({ reason: "pro" });
          return Loop.continue({ month: state.month + 1, plan: "basic" });
        },
      });
      expectTypeOf(ended.reason).toEqualTypeOf<string | null>();
      const number = await ctx.loop("stateless", async () => {
        if (last === 1) return Loop.break(1);
        return Loop.break("several");
      });
      expectTypeOf(number).toEqualTypeOf<number | string>();
      return [ended, number] as const;
    };
    const { output } = await runWorkflow("loops", workflow, 3, memoryDriver()).result;
    expect(output).toEqual([{ reason: null }, "several"]);
  });

  it("follow joins, races, maps and loops", async () => {
    const workflow = async (ctx: WorkflowContext, start: number) => {
      const joined = await ctx.join("join", {
        text: { run: async () => "a" },
        flag: { run: async () => true },
      });
      expectTypeOf(joined).toEqualTypeOf<{ text: string; flag: boolean }>();
      const raced = await ctx.race("race", [{ name: "one", run: async () => 1 }]);
      expectTypeOf(raced).toEqualTypeOf<{ readonly winner: string; readonly value: number }>();
      const mapped = await ctx.map("map", ["a", "bc"], (_item, text) => text.length);
      expectTypeOf(mapped).toEqualTypeOf<number[]>();
      const looped = await ctx.loop({
        name: "loop",
        state: { n: start },
        run: async (_iteration, state) =>
          state.n >= 3 ? Loop.break(`at ${state.n}`) : Loop.continue({ n: state.n + 1 }),
      });
      expectTypeOf(looped).toEqualTypeOf<string>();
      return [joined, raced, mapped, looped] as const;
    };
    const { output } = await runWorkflow("blocks", workflow, 1, memoryDriver()).result;
    expect(output).toEqual([{ text: "a", flag: true }, { winner: "one", value: 1 }, [1, 2], "at 3"]);
  });
});
