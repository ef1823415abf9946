import { Loop } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../src/model/context.ts";
import { crashDriver } from "../src/testing/crash-driver.ts";
import { EngineLab } from "./engine-lab.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

function steps(count: number) {
  return async (ctx: WorkflowContext): Promise<number> => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += await ctx.step(`step ${i}`, () => i);
    return sum;
  };
}

function counting(iterations: number) {
  return (ctx: WorkflowContext): Promise<number> =>
    ctx.loop<number, number>({
      name: "count",
      state: 0,
      run: async (inner, n) => {
        await inner.step("work", () => n);
        return n === iterations - 1 ? Loop.break(n) : Loop.continue(n + 1);
      },
    });
}

/** Rows that all commits of a run wrote. */
async function rowsWritten(iterations: number): Promise<{ rows: number; most: number; commits: number }> {
  let most = 0;
  const driver = crashDriver(lab.storage, {
    onApplied: () => {
      most = Math.max(most, lab.storage.stats.rows);
    },
  });
  await lab.run(counting(iterations), { driver });
  const rows = lab.events.reduce((sum, event) => (event.type === "commit" ? sum + event.rows : sum), 0);
  return { rows, most, commits: lab.commits };
}

describe("cost", () => {
  it.each([1, 2, 3, 10, 50])(
    "a run of %i sequential steps costs one commit each, and one to create it",
    async (count) => {
      await lab.run(steps(count));
      expect(lab.commits).toBe(count + 1);
    },
  );

  it("branches that settle together share a commit", async () => {
    await lab.run((ctx: WorkflowContext) =>
      ctx.join(
        "j",
        Object.fromEntries(
          Array.from({ length: 20 }, (_, i) => [
            `b${i}`,
            { run: (b: WorkflowContext) => b.step("s", () => i) },
          ]),
        ),
      ),
    );
    expect(lab.commits).toBe(2);
  });

  it("a run of 10,000 steps is replayed with one load, and nothing is written", {
    timeout: 30_000,
  }, async () => {
    const workflow = async (ctx: WorkflowContext) => {
      await steps(10_000)(ctx);
      await ctx.sleep("rest", "1d");
    };
    await lab.run(workflow);
    const bytes = lab.bytes();
    const driver = crashDriver(lab.storage);
    const started = performance.now();
    expect((await lab.run(workflow, { driver })).state).toBe("sleeping");
    const tookMs = performance.now() - started;
    expect(driver.operations.filter((operation) => operation === "commit")).toEqual([]);
    expect(driver.operations.length).toBeLessThan(50);
    expect(lab.bytes()).toBe(bytes);
    // Generous: quadratic work would take minutes.
    expect(tookMs).toBeLessThan(5_000);
  });

  it("a loop writes the same per iteration however long it runs, and keeps the same rows", async () => {
    const short = await rowsWritten(1_000);
    lab = new EngineLab();
    const long = await rowsWritten(10_000);
    expect(long.most).toBe(short.most);
    expect(long.rows / 10_000).toBeCloseTo(short.rows / 1_000, 1);
    expect(long.commits / 10_000).toBeCloseTo(short.commits / 1_000, 1);
  });

  it("a loop of 100,000 iterations without operations keeps nothing", { timeout: 30_000 }, async () => {
    const result = await lab.run((ctx: WorkflowContext) =>
      ctx.loop<number, number>({
        name: "pure",
        state: 0,
        run: async (_inner, n) => (n === 99_999 ? Loop.break(n) : Loop.continue(n + 1)),
      }),
    );
    expect(result.output).toBe(99_999);
    expect(lab.storage.stats.rows).toBeLessThan(10);
    expect(lab.commits).toBeLessThan(5);
  });

  it("a loop of 100,000 iterations with a step each stays flat", { timeout: 120_000 }, async () => {
    let most = 0;
    let entriesMost = 0;
    const driver = crashDriver(lab.storage, {
      onApplied: (batch) => {
        most = Math.max(most, lab.storage.stats.rows);
        entriesMost = Math.max(entriesMost, batch.puts.length);
      },
    });
    const result = await lab.run(counting(100_000), { driver, observers: [] });
    expect(result.output).toBe(99_999);
    expect(most).toBeLessThan(60);
    expect(entriesMost).toBeLessThan(10);
  });
});
