import { describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";

describe("now, random and uuid", () => {
  it("give the same on every replay, and store nothing", async () => {
    const lab = new EngineLab();
    const seen: string[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.sleep("nap", "1m");
      seen.push(JSON.stringify([ctx.now(), ctx.random(), ctx.uuid(), ctx.random()]));
      await ctx.sleep("rest", "1d");
    };
    await lab.run(workflow);
    await lab.clock.advance(60_000);
    const passes = [await lab.run(workflow), await lab.run(workflow), await lab.run(workflow)];
    expect(passes.map(({ state }) => state)).toEqual(["sleeping", "sleeping", "sleeping"]);
    expect(seen).toHaveLength(3);
    expect(new Set(seen).size).toBe(1);
    expect(lab.storage.stats.rows).toBe(3);
  });

  it("differ from scope to scope, from draw to draw and from run to run", async () => {
    const draw = async (ctx: WorkflowContext) => {
      const a = [ctx.uuid(), ctx.uuid()];
      const b = await ctx.map("items", [0, 1, 2], async (item) => item.uuid());
      return [...a, ...b];
    };
    const one = (await new EngineLab().run(draw)).output as string[];
    const other = (await new EngineLab().run(draw)).output as string[];
    expect(new Set([...one, ...other]).size).toBe(10);
    for (const id of one)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("tell the time of the last result, which never goes back", async () => {
    const lab = new EngineLab();
    const { output } = await lab.run(
      async (ctx: WorkflowContext) => {
        const times = [ctx.now()];
        await ctx.sleep("nap", "1h");
        times.push(ctx.now());
        await ctx.step("s", () => lab.clock.sleep(500));
        times.push(ctx.now());
        return times.map((time) => time - (times[0] ?? 0));
      },
      { mode: "live" },
    );
    expect(output).toEqual([0, 3_600_000, 3_600_500]);
  });
});

it("draws do not depend on which names of the run are stored by then", async () => {
  const lab = new EngineLab();
  const drawn: string[] = [];
  const workflow = async (ctx: WorkflowContext) => {
    await ctx.join("join", {
      sleeps: { run: (inner) => inner.sleep("nap", "1h") },
      // A replay does not come to the names inside.
      ends: { run: (inner) => inner.join("at once", { inside: { run: async () => {} } }) },
      draws: {
        run: async (inner) => {
          const id = `${inner.uuid()} ${inner.random()}`;
          await inner.step("takes long", async ({ signal }) => {
            drawn.push(id);
            await new Promise((resolve) => signal.addEventListener("abort", resolve));
          });
        },
      },
    });
  };
  for (let life = 0; life < 2; life++) {
    const handle = lab.start(workflow, { mode: "live" });
    await lab.clock.advance(10);
    await lab.clock.settle(handle.evict());
  }
  expect(drawn).toEqual([drawn[0], drawn[0]]);
});
