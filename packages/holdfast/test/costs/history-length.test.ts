import { type KVChange, kvDriver, runWorkflow } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { describe, expect, it, vi } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { SeldomMap } from "../../src/model/seldom.ts";
import { MemoryOrderedKV } from "../../src/testing/memory-ordered-kv.ts";
import { EngineLab } from "../engine-lab.ts";

/** A namespace that counts the rows that it gives out and takes. */
class CountingKV extends MemoryOrderedKV {
  readonly counts = { read: 0, written: 0, removed: 0, bytes: 0 };

  override async get(key: Uint8Array): Promise<Uint8Array | null> {
    const value = await super.get(key);
    if (value !== null) this.counts.read += 1;
    return value;
  }

  override async list(...parameters: Parameters<MemoryOrderedKV["list"]>) {
    const rows = await super.list(...parameters);
    this.counts.read += rows.length;
    return rows;
  }

  override async batch(change: KVChange): Promise<void> {
    await super.batch(change);
    this.counts.written += change.puts.length;
    this.counts.removed += change.deletes.length + change.deleteRanges.length;
    for (const { key, value } of change.puts) this.counts.bytes += key.length + value.length;
  }
}

/** What ten steps of names that are in use already cost after so many others. */
async function tenStepsAfter(count: number): Promise<CountingKV["counts"]> {
  const kv = new CountingKV();
  const before = { ...kv.counts };
  const after = { ...kv.counts };
  const run = async (ctx: WorkflowContext): Promise<void> => {
    for (let i = 0; i < count; i++) await ctx.step(`step ${i}`, () => i);
    for (let i = 0; i < 10; i++) {
      const branch = { run: (inner: WorkflowContext) => inner.step("step 0", () => i) };
      await ctx.step(`before ${i}`, () => void (i === 0 && Object.assign(before, kv.counts)));
      await ctx.join(`join ${i}`, { branch });
    }
    await ctx.step("after", () => void Object.assign(after, kv.counts));
  };
  const { state } = await runWorkflow("run", { name: "long", run }, null, kvDriver(kv)).result;
  expect(state).toBe("completed");
  return {
    read: after.read - before.read,
    written: after.written - before.written,
    removed: after.removed - before.removed,
    bytes: after.bytes - before.bytes,
  };
}

describe("a history of 10,000 entries", () => {
  it("costs a step no more rows, read, written or removed, than one of 1,000", {
    timeout: 60_000,
  }, async () => {
    const short = await tenStepsAfter(1_000);
    const long = await tenStepsAfter(10_000);
    expect(long.read).toBe(short.read);
    expect(long.written).toBe(short.written);
    expect(long.removed).toBe(short.removed);
    // Numbers of names and of entries take a byte more.
    expect(long.bytes / short.bytes).toBeLessThan(1.05);
  });
});

describe("a step with a result of 100 bytes", () => {
  it("is one row and less than 180 bytes, its name included", async () => {
    const stored = async (count: number) => {
      const driver = memoryDriver({ workflowId: "run" });
      const result = "x".repeat(98);
      const run = async (ctx: WorkflowContext): Promise<void> => {
        for (let i = 0; i < count; i++) await ctx.step(`step-${i + 100}`, () => result);
      };
      await runWorkflow("run", { name: "stored", run }, null, driver).result;
      return driver.stats;
    };
    const [less, more] = [await stored(100), await stored(200)];
    expect((more.rows - less.rows) / 100).toBe(1);
    expect((more.bytes - less.bytes) / 100).toBeLessThan(180);
  });
});

describe("a version gate that a replay has not answered yet", () => {
  /** How often a replay of newer code looks whether an operation was asked for. */
  async function looksBeside(steps: number): Promise<number> {
    const lab = new EngineLab();
    const code = (gated: boolean) => async (ctx: WorkflowContext) => {
      const long = async (): Promise<void> => {
        for (let i = 0; i < steps; i++) await ctx.step(`step ${i}`, () => i);
        await ctx.sleep("night", "1d");
      };
      await Promise.all([long(), gated ? ctx.getVersion("gate", 2) : undefined]);
    };
    await lab.run(code(false));
    const looks = vi.spyOn(SeldomMap.prototype, "has");
    try {
      await lab.run(code(true));
      return looks.mock.calls.length;
    } finally {
      looks.mockRestore();
    }
  }

  it("costs each step of a long strand beside it a bounded number of looks", async () => {
    const [less, more] = [await looksBeside(200), await looksBeside(400)];
    expect((more - less) / 200).toBeLessThan(5);
  });
});
