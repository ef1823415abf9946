import { beforeEach, describe, expect, it } from "vitest";
import type { PayloadCodec } from "../../src/history/payload.ts";
import { defaultCodec } from "../../src/history/payload.ts";
import type { WorkflowContext } from "../../src/model/context.ts";
import { StorageError } from "../../src/model/errors/storage-errors.ts";
import type { EngineDriver } from "../../src/storage/driver.ts";
import { EngineLab } from "../engine-lab.ts";
import { Gate } from "../host/host-on-virtual-clock.ts";
import { interceptedStore } from "../host/intercepted-store.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** The lab's driver, whose queue cannot be read while `down()` says so. */
function withoutQueue(down: () => boolean): EngineDriver {
  return interceptedStore(lab.storage, (method, go) =>
    method === "peekMessages" && down()
      ? Promise.reject(new StorageError("queue down", { outcome: "not-applied", retryable: false }))
      : go(),
  );
}

/** The default codec, but decoding fails when `broken` says so. */
function failing(broken: () => boolean): PayloadCodec {
  return {
    encode: (value, what) => defaultCodec.encode(value, what),
    decode: async (bytes) => {
      if (broken()) throw new Error("the key server is down");
      return defaultCodec.decode(bytes);
    },
  };
}

describe("a pass that cannot go on", () => {
  it("has stored what bodies had come to: they do not run again", async () => {
    let charges = 0;
    let down = false;
    const workflow = async (ctx: WorkflowContext) => {
      const charge = await ctx.step("charge", () => {
        down = true;
        return ++charges;
      });
      return [charge, await ctx.listen("wait", "go")];
    };
    const driver = withoutQueue(() => down);
    const first = lab.start(workflow, { driver });
    await expect(lab.clock.settle(first.result)).rejects.toThrow("queue down");
    down = false;
    const second = lab.start(workflow, { driver, mode: "live" });
    await second.send("go", "on");
    expect((await lab.clock.settle(second.result)).output).toEqual([1, "on"]);
  });

  it("does not take a failing codec for a failure of the step", async () => {
    const calls: string[] = [];
    let failures = 0;
    const codec = failing(() => failures > 0 && failures-- > 0);
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.rollbackCheckpoint("from here");
      let charge: unknown = "fallback";
      try {
        charge = await ctx.step({
          name: "charge",
          run: () => {
            calls.push("charge");
            failures = 1;
            return 1;
          },
          rollback: () => void calls.push("refund"),
        });
      } catch {
        calls.push("caught");
      }
      await ctx.step("ship", () => void calls.push(`ship ${String(charge)}`));
      return charge;
    };
    const first = lab.start(workflow, { codec });
    await expect(lab.clock.settle(first.result)).rejects.toThrow(StorageError);
    expect((await lab.clock.settle(lab.start(workflow, { codec }).result)).output).toBe(1);
    expect(calls).toEqual(["charge", "ship 1"]);
  });
});

it("a commit that failed is followed by none: what came after it is not kept without it", async () => {
  const gate = new Gate();
  const calls: string[] = [];
  let down = true;
  const driver = interceptedStore(lab.storage, async (method, go) => {
    if (method !== "commit" || !calls.includes("first") || !down) return go();
    down = false;
    gate.open();
    await lab.clock.sleep(10);
    throw new StorageError("disk gone", { outcome: "not-applied", retryable: false });
  });
  const workflow = async (ctx: WorkflowContext) => {
    const beside = ctx.step("beside", async () => {
      await gate.passed;
      calls.push("beside");
    });
    await ctx.step("first", () => void calls.push("first"));
    await ctx.step("second", () => void calls.push("second"));
    await beside;
  };
  const before = lab.commits;
  await expect(lab.clock.settle(lab.start(workflow, { driver }).result)).rejects.toThrow("disk gone");
  const started = lab.commits - before;
  await lab.clock.settle(lab.start(workflow, { driver }).result);
  expect(calls).toEqual(["first", "beside", "first", "beside", "second"]);
  expect(started).toBe(1);
});

describe("what an ephemeral step has come to is stored", () => {
  let reads = 0;
  /** Reads something, and hangs the first time. */
  const reading = async (ctx: WorkflowContext) => {
    const read = await ctx.step({ name: "read", ephemeral: true, run: () => ++reads });
    await ctx.step({ name: "use", ephemeral: true, run: () => (reads === 1 ? new Promise(() => {}) : null) });
    return read;
  };
  beforeEach(() => {
    reads = 0;
  });

  it("when the run is evicted", async () => {
    const first = lab.start(reading);
    await lab.clock.runUntilIdle();
    await first.evict();
    expect((await lab.clock.settle(first.result)).state).toBe("evicted");
    reads = 10;
    expect((await lab.clock.settle(lab.start(reading).result)).output).toBe(1);
  });

  it("when the pass cannot go on", async () => {
    let broken = false;
    const codec = failing(() => broken);
    const workflow = async (ctx: WorkflowContext) => {
      const read = await ctx.step({ name: "read", ephemeral: true, run: () => ++reads });
      const use = (): void => {
        broken = reads === 1;
      };
      await ctx.step({ name: "use", ephemeral: true, run: use });
      return read;
    };
    await expect(lab.clock.settle(lab.start(workflow, { codec }).result)).rejects.toThrow(StorageError);
    broken = false;
    expect((await lab.clock.settle(lab.start(workflow, { codec }).result)).output).toBe(1);
  });
});
