import type { WorkflowContext } from "../../src/model/context.ts";
import { CriticalError } from "../../src/model/errors/step-errors.ts";
import type { CrashProgram } from "../../src/testing/crash-program.ts";

/** Fails on the first `times` attempts. */
function flaky<T>(times: number, value: T): (step: { readonly attempt: number }) => T {
  return ({ attempt }) => {
    if (attempt <= times) throw new Error(`attempt ${attempt} failed`);
    return value;
  };
}

/** Programs of steps, timers and plain control flow. */
export const stepPrograms: readonly CrashProgram[] = [
  {
    name: "three steps in sequence",
    workflow: async (ctx: WorkflowContext) => {
      const a = await ctx.step("a", () => 1);
      const b = await ctx.step("b", () => a + 1);
      return await ctx.step("c", () => [a, b]);
    },
  },
  { name: "nothing at all", workflow: async () => "done" },
  { name: "a function that is not async", workflow: () => ({ plain: true }) },
  {
    name: "steps that are retried after short and long waits",
    workflow: async (ctx: WorkflowContext) => {
      const short = await ctx.step("short", flaky(2, "s"));
      const long = await ctx.step({ name: "long", retryBackoffBase: "5s", run: flaky(2, "l") });
      return short + long;
    },
  },
  {
    name: "a step that is exhausted fails the run",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.step("before", () => 1);
      return ctx.step({ name: "hopeless", maxRetries: 1, retryBackoffBase: 10, run: flaky(9, 0) });
    },
  },
  {
    name: "tryStep gives critical, timed-out and exhausted failures as data",
    workflow: async (ctx: WorkflowContext) => {
      const critical = await ctx.tryStep("critical", () => {
        throw new CriticalError("no");
      });
      const exhausted = await ctx.tryStep({ name: "exhausted", maxRetries: 1, run: flaky(9, 0) });
      const slow = await ctx.tryStep({ name: "slow", timeout: 50, run: () => new Promise(() => {}) });
      const fine = await ctx.tryStep("fine", () => 4);
      return [critical, exhausted, slow, fine].map((result) =>
        result.ok ? result.value : result.failure.kind,
      );
    },
  },
  {
    name: "ephemeral steps beside ordinary ones",
    workflow: async (ctx: WorkflowContext) => {
      const read = await ctx.step({ name: "read", ephemeral: true, run: () => 5 });
      const more = await ctx.step({ name: "more", ephemeral: true, run: () => read + 1 });
      const write = await ctx.step("write", () => more + 1);
      return [read, more, write];
    },
  },
  {
    name: "a step that is delivered at most once",
    alsoAllowed: [["STEP_INTERRUPTED", "after"]],
    sameEffects: false,
    workflow: async (ctx: WorkflowContext) => {
      let once: unknown;
      try {
        once = await ctx.step({ name: "once", delivery: "at-most-once", run: () => "sent" });
      } catch (error) {
        once = (error as { code: unknown }).code;
      }
      return [once, await ctx.step("after", () => "after")];
    },
  },
  {
    name: "sleeps of several lengths",
    workflow: async (ctx: WorkflowContext) => {
      const start = ctx.now();
      await ctx.sleep("none", 0);
      await ctx.sleep("short", "10ms");
      await ctx.sleep("long", "30d");
      const slept = ctx.now() - start;
      await ctx.sleepUntil("past", 5);
      await ctx.sleepUntil("soon", new Date(ctx.now() + 1000));
      return slept >= 30 * 86_400_000;
    },
  },
  {
    name: "Promise.all over steps of different speed",
    workflow: async (ctx: WorkflowContext) => {
      const all = await Promise.all([
        ctx.step("slow", () => delay(30, "slow")),
        ctx.step("fast", () => "fast"),
        ctx.step("middle", () => delay(10, "middle")),
      ]);
      await ctx.step("after", () => 0);
      return all;
    },
  },
  {
    name: "Promise.race and Promise.any over a fast step and sleeps",
    sameEffects: false,
    workflow: async (ctx: WorkflowContext) => {
      const first = await Promise.race([
        ctx.step("fast", () => "fast"),
        ctx.sleep("late", "1h").then(() => "late"),
      ]);
      const any = await Promise.any([
        ctx.step({ name: "fails", maxRetries: 0, run: flaky(9, "never") }),
        ctx.sleep("wins", "1m").then(() => "wins"),
        ctx.sleep("loses", "2m").then(() => "loses"),
      ]);
      return [first, any, await ctx.step("after", () => "after")];
    },
  },
  {
    name: "Promise.allSettled over good and bad steps",
    workflow: async (ctx: WorkflowContext) => {
      const settled = await Promise.allSettled([
        ctx.step("good", () => 1),
        ctx.step({ name: "bad", maxRetries: 0, run: flaky(9, 0) }),
        ctx.sleep("nap", 20),
      ]);
      await ctx.step("after", () => 0);
      return settled.map((result) => result.status);
    },
  },
  {
    name: "two strands that go on at their own pace",
    workflow: async (ctx: WorkflowContext) => {
      const order: string[] = [];
      const strand = async (name: string, ms: number): Promise<void> => {
        for (let i = 0; i < 3; i++) {
          await ctx.sleep(`${name} ${i}`, ms);
          await ctx.step(`${name} step ${i}`, () => i);
          order.push(name + i);
        }
      };
      await Promise.all([strand("a", 100_000), strand("b", 170_000)]);
      return order;
    },
  },
  {
    name: "plain loops with steps and sleeps",
    workflow: async (ctx: WorkflowContext) => {
      let sum = 0;
      for (let i = 0; i < 4; i++) {
        sum += await ctx.step(`add ${i}`, () => i);
        if (i % 2 === 0) await ctx.sleep(`pause ${i}`, 50);
      }
      return sum;
    },
  },
  {
    name: "try, catch and finally around steps",
    workflow: async (ctx: WorkflowContext) => {
      const seen: string[] = [];
      try {
        await ctx.step({ name: "throws", maxRetries: 0, run: flaky(9, 0) });
      } catch (error) {
        seen.push((error as Error).name);
        await ctx.step("in catch", () => 0);
      } finally {
        seen.push("finally");
        await ctx.step("in finally", () => 0);
      }
      await ctx.sleep("rest", "1h");
      return seen;
    },
  },
  {
    name: "now, random and uuid are the same on replay",
    workflow: async (ctx: WorkflowContext) => {
      const drawn = [ctx.random(), ctx.uuid(), ctx.now()];
      const kept = await ctx.step("keep", () => drawn);
      await ctx.sleep("rest", "1h");
      const later = [ctx.random(), ctx.uuid(), ctx.now()];
      const keptLater = await ctx.step("keep later", () => later);
      await ctx.sleep("rest again", "1h");
      const same = JSON.stringify([kept, keptLater]) === JSON.stringify([drawn, later]);
      return [same, new Set([drawn[0], later[0]]).size, new Set([drawn[1], later[1]]).size];
    },
  },
  {
    name: "names of all kinds",
    workflow: async (ctx: WorkflowContext) => {
      const names = [
        "a/b",
        "a",
        "~1",
        "#0",
        "[0]",
        "__proto__",
        "constructor",
        "nul\u0000",
        "\ud800",
        "\udfff",
        "%2f",
        " ",
        "é",
        "e\u0301",
      ];
      const results: Record<string, number> = {};
      for (const [index, name] of names.entries()) results[`n${index}`] = await ctx.step(name, () => index);
      await ctx.sleep("rest", "1h");
      const nested = await ctx.try("a/~1", (inner) => inner.step("a/b", () => "nested"));
      return [results, nested.ok ? nested.value : nested.failure.kind];
    },
  },
  {
    name: "values of all kinds",
    workflow: async (ctx: WorkflowContext) => {
      const value = await ctx.step("value", () => ({
        nothing: undefined,
        map: new Map<unknown, unknown>([[1, new Set([Number.NaN, -0])]]),
        date: new Date(0),
        big: 2n ** 70n,
        bytes: new Uint8Array([1, 2, 3]),
      }));
      await ctx.sleep("rest", "1h");
      return [value, Object.is([...(value.map.get(1) as Set<number>)][1], -0)];
    },
  },
  {
    name: "an error with a cause and a code comes back as it was",
    workflow: async (ctx: WorkflowContext) => {
      try {
        await ctx.step({
          name: "fails",
          maxRetries: 0,
          run: () => {
            throw Object.assign(new TypeError("outer", { cause: new RangeError("inner") }), {
              code: "E_OUTER",
            });
          },
        });
      } catch (error) {
        await ctx.sleep("rest", "1h");
        const { name, cause } = error as Error & { cause: Error & { code: string } };
        return [name, cause.name, cause.code, (cause.cause as Error).message];
      }
      return "no error";
    },
  },
  {
    name: "a run that fails by its own error",
    workflow: async (ctx: WorkflowContext) => {
      await ctx.step("before", () => 0);
      throw new TypeError("my own");
    },
  },
];

/** Waits on the clock of the test: bodies of sweep programs never use real time. */
function delay<T>(turns: number, value: T): Promise<T> {
  let left = turns;
  return new Promise((resolve) => {
    const next = (): void => {
      left -= 1;
      if (left <= 0) resolve(value);
      else queueMicrotask(next);
    };
    next();
  });
}
