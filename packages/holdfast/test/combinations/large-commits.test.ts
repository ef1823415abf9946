import { memoryDriver } from "holdfast/memory";
import { beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import type { EngineDriver } from "../../src/storage/driver.ts";
import { EngineLab } from "../engine-lab.ts";
import { Gate } from "../host/host-on-virtual-clock.ts";

const COUNT = 20;
const VALUE = "x".repeat(1_000);

let lab: EngineLab;
/** Takes four values at once, and refuses more. */
let driver: EngineDriver;
let gate: Gate;
let bodies: number[];
beforeEach(() => {
  lab = new EngineLab();
  driver = memoryDriver({ clock: lab.clock, driverLimits: { batchBytes: 6_000 } });
  gate = new Gate();
  bodies = [];
});

const numbers = Array.from({ length: COUNT }, (_, index) => index);

/** Steps whose bodies end when the gate opens, all in one instant. */
function atOnce(ctx: WorkflowContext): Promise<string>[] {
  return numbers.map((number) =>
    ctx.step(`step ${number}`, async () => {
      bodies.push(number);
      await gate.passed;
      return VALUE;
    }),
  );
}

async function allAtOnce(ctx: WorkflowContext): Promise<number> {
  const values = await Promise.all(atOnce(ctx));
  return values.join("").length;
}

describe("what is ready in one instant and is more than the storage takes at once", () => {
  it("is stored in several commits, in the order in which it was ready", async () => {
    const handle = lab.start(allAtOnce, { driver });
    await lab.clock.runUntilIdle();
    gate.open();
    const result = await lab.clock.settle(handle.result);
    expect(result).toEqual({ state: "completed", output: COUNT * VALUE.length });
    const { entries } = await handle.history();
    const order = [...entries].sort((a, b) => a.sequence - b.sequence).map(({ name }) => name);
    expect(order).toEqual(numbers.map((number) => `step ${number}`));
    expect(bodies).toEqual(numbers);
  });

  it.each([8, 20, 25])(
    "goes with the names of all that code has asked for, %d rows at a time",
    async (rows) => {
      const narrow = memoryDriver({ clock: lab.clock, driverLimits: { batchRows: rows } });
      const backwards = async (ctx: WorkflowContext) => {
        const steps = Array.from({ length: 100 }, (_, index) => {
          const run = () => lab.clock.sleep(100 - index).then(() => void bodies.push(index));
          return ctx.step(`step ${index}`, run);
        });
        await Promise.all(steps);
        return ctx.listen("wait", "go");
      };
      const first = lab.start(backwards, { driver: narrow });
      expect((await lab.clock.settle(first.result)).state).toBe("sleeping");
      const next = lab.start(backwards, { driver: narrow });
      await next.send("go", "on");
      expect(await lab.clock.settle(next.result)).toEqual({ state: "completed", output: "on" });
      expect(bodies).toEqual(Array.from({ length: 100 }, (_, index) => 99 - index));
    },
  );

  it.each(["evict", "pause"] as const)(
    "is all stored when the run is to %s at that instant",
    async (stop) => {
      const workflow = async (ctx: WorkflowContext) => {
        await allAtOnce(ctx);
        return ctx.listen("wait", "go");
      };
      const handle = lab.start(workflow, { driver, mode: "live" });
      handle.result.catch(() => {});
      await lab.clock.runUntilIdle();
      gate.open();
      await lab.clock.settle(handle[stop]());
      const next = lab.start(workflow, { driver, mode: "live" });
      next.result.catch(() => {});
      await next.send("go", "on");
      if (stop === "pause") await lab.clock.settle(next.resume());
      expect(await lab.clock.settle(next.result)).toEqual({ state: "completed", output: "on" });
      expect(bodies).toEqual(numbers);
    },
  );

  it("is all undone when the run is cancelled at that instant", async () => {
    const undone: number[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      const run = async () => {
        await gate.passed;
        return VALUE;
      };
      await Promise.all(
        numbers.map((number) =>
          ctx.step({ name: `step ${number}`, run, rollback: () => void undone.push(number) }),
        ),
      );
      await ctx.listen("never", "never");
    };
    const handle = lab.start(workflow, { driver, mode: "live" });
    handle.result.catch(() => {});
    await lab.clock.runUntilIdle();
    const before = lab.clock.now();
    gate.open();
    await Promise.resolve();
    await lab.clock.settle(handle.cancel({ compensate: true }));
    expect(lab.clock.now()).toBe(before);
    await lab.clock.settle(handle.result);
    expect(undone).toEqual([...numbers].reverse());
  });

  it("leaves in several commits when it is sent", async () => {
    const handle = lab.start(
      async (ctx) => {
        for (const number of numbers) void ctx.queue.send("kept", [number, VALUE]);
        const received: number[] = [];
        for (const number of numbers) {
          const [sent] = (await ctx.listen(`wait ${number}`, "kept")) as [number, string];
          received.push(sent);
        }
        return received;
      },
      { driver, mode: "live" },
    );
    expect((await lab.clock.settle(handle.result)).output).toEqual(numbers);
  });

  it("goes out with the last commits where nobody awaits it", async () => {
    const handle = lab.start(
      async (ctx) => {
        for (const number of numbers) void ctx.queue.send("kept", [number, VALUE]);
        return "done";
      },
      { driver },
    );
    expect((await lab.clock.settle(handle.result)).output).toBe("done");
    expect(await driver.peekMessages(["kept"], COUNT)).toHaveLength(COUNT);
  });

  it("holds the failures of many steps too", async () => {
    const handle = lab.start(
      async (ctx) => {
        const attempts = numbers.map((number) =>
          ctx.tryStep({
            name: `step ${number}`,
            maxRetries: 0,
            run: async () => {
              await gate.passed;
              throw new Error(VALUE.slice(0, 200));
            },
          }),
        );
        return (await Promise.all(attempts)).filter(({ ok }) => !ok).length;
      },
      { driver },
    );
    await lab.clock.runUntilIdle();
    gate.open();
    expect((await lab.clock.settle(handle.result)).output).toBe(COUNT);
  });

  it("is refused where one value alone is too large", async () => {
    const { result } = lab.start((ctx) => ctx.step("large", () => VALUE.repeat(7)), { driver });
    await expect(lab.clock.settle(result)).rejects.toMatchObject({ code: "LIMIT" });
  });
});

it.each([2_000, 3_000, 10_000])(
  "half of a value of %i bytes is taken, a whole one is refused where the storage takes no larger values",
  async (valueBytes) => {
    const small = memoryDriver({ clock: lab.clock, driverLimits: { valueBytes } });
    const half = "x".repeat(valueBytes / 2 - 10);
    const workflow = async (ctx: WorkflowContext) => [
      (await ctx.step("half", () => half)).length,
      await ctx.step("whole", () => half + half).catch((error: { code: string }) => error.code),
    ];
    expect((await lab.run(workflow, { driver: small, mode: "live" })).output).toEqual([half.length, "LIMIT"]);
  },
);
