import { runWorkflow } from "holdfast";
import { memoryDriver } from "holdfast/memory";
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

describe("a fork", () => {
  /** Draws before each step; the second and the third are asked for in one turn. */
  const drawing = async (ctx: WorkflowContext) => {
    const ids = [ctx.uuid()];
    await ctx.step("a", () => {});
    ids.push(ctx.uuid());
    await Promise.all([ctx.step("b", () => {}), ctx.step("c", () => {})]);
    ids.push(ctx.uuid());
    await ctx.step("d", () => {});
    await ctx.map("e", [0, 1], async (item) => {
      ids.push(item.uuid());
      await item.step("f", () => {});
    });
    await ctx.listen("wait", "m");
    return ids;
  };

  /** Runs of it, by their ids. */
  function family() {
    const lab = new EngineLab();
    const { clock } = lab;
    const open = (workflowId: string, driver = memoryDriver({ workflowId, clock })) => {
      const begin = () =>
        runWorkflow(workflowId, drawing, undefined, driver, {
          clock,
          scheduler: clock.scheduler,
          mode: "live",
        });
      let handle = begin();
      const ids = async (): Promise<string[]> => {
        // It is replayed, so that what it drew live counts for nothing.
        await clock.runUntilIdle();
        await clock.settle(handle.evict());
        handle = begin();
        await handle.send("m", null);
        return (await clock.settle(handle.result)).output as string[];
      };
      const fork = async (from: string, copyId: string) => {
        const copy = memoryDriver({ workflowId: copyId, clock });
        await clock.settle(handle.fork({ from, workflowId: copyId, driver: copy }));
        return open(copyId, copy);
      };
      const rewind = async (to: string) => {
        await clock.runUntilIdle();
        await clock.settle(handle.rewind({ to }));
      };
      return { ids, fork, rewind };
    };
    return open("source");
  }

  it.each([
    ["the first step", "a", 0],
    ["a step after another", "d", 2],
    ["a step beside one that it has", "c", 2],
    ["a block", "e", 3],
  ])(
    "from %s draws again what led to what it has, and then what nobody else drew",
    async (_what, from, same) => {
      const source = family();
      const ids = await source.ids();
      const copied = await (await source.fork(from, "copy")).ids();
      expect(copied.slice(0, same)).toEqual(ids.slice(0, same));
      expect(new Set([...ids, ...copied]).size).toBe(2 * ids.length - same);
    },
  );

  it("of a fork draws as both did", async () => {
    const source = family();
    const ids = await source.ids();
    const copy = await source.fork("b", "copy");
    const copied = await copy.ids();
    const third = await (await copy.fork("e", "third")).ids();
    expect(third.slice(0, 3)).toEqual([ids[0], copied[1], copied[2]]);
    expect(new Set([...ids, ...copied, ...third]).size).toBe(3 * ids.length - 4);
  });

  it("that is taken back to before it began draws nothing of its source there", async () => {
    const source = family();
    const ids = await source.ids();
    const copy = await source.fork("e", "copy");
    await copy.rewind("b");
    const again = await copy.ids();
    expect(again.slice(0, 1)).toEqual(ids.slice(0, 1));
    expect(new Set([...ids, ...again]).size).toBe(2 * ids.length - 1);
  });
});
