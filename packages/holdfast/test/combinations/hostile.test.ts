import { CorruptionError, Loop, runWorkflow, type WorkflowContext } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { describe, expect, it } from "vitest";
import { BareWriter } from "../../src/history/bare.ts";
import { bodyPayload, frameBody } from "../../src/history/message-body.ts";
import { crc32c } from "../../src/storage/crc32c.ts";
import { EngineLab } from "../engine-lab.ts";

const live = { mode: "live" } as const;

describe("what a hostile expert tried", () => {
  it("an evict in the turn of a send does not send twice", async () => {
    const lab = new EngineLab();
    let evict = (): void => {};
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.step("a", () => 1);
      evict();
      await ctx.queue.send("ping", "once");
      const batch = await ctx.queue.nextBatch("wait", { names: ["ping"], count: 10, timeout: "1m" });
      return batch.map((message) => message.body);
    };
    const handle = lab.start(workflow, live);
    evict = () => {
      evict = () => {};
      void handle.evict();
    };
    expect((await lab.clock.settle(handle.result)).state).toBe("evicted");
    expect((await lab.run(workflow, live)).output).toEqual(["once"]);
    expect(await lab.storage.peekMessages(null, 10)).toEqual([]);
  });

  it("wakes at once start one pass", async () => {
    const lab = new EngineLab();
    let bodies = 0;
    const handle = lab.start(async (ctx: WorkflowContext) => {
      await ctx.sleep("nap", 1_000);
      return ctx.step("charge", () => ++bodies);
    });
    await lab.clock.settle(handle.result);
    await lab.clock.advance(1_000);
    await lab.clock.settle(Promise.all([handle.wake(), handle.wake(), handle.wake()]));
    expect((await lab.clock.settle(handle.result)).output).toBe(1);
    expect(bodies).toBe(1);
  });

  it("a checkpoint outlives the pruned iteration and the lost branch that it stood in", async () => {
    const lab = new EngineLab();
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.loop({
        name: "loop",
        state: 0,
        historyPruneInterval: 1,
        historySize: 0,
        run: async (turn, i) => {
          if (i === 0) await turn.rollbackCheckpoint("checkpoint");
          else await turn.step("work", () => i);
          return i < 3 ? Loop.continue(i + 1) : Loop.break(i);
        },
      });
      await ctx.step({ name: "charge", run: () => 1, rollback: () => {} });
      await ctx.sleep("nap", 1_000);
      return ctx.step({ name: "again", run: () => "done", rollback: () => {} });
    };
    expect((await lab.run(workflow)).state).toBe("sleeping");
    await lab.clock.advance(1_000);
    expect((await lab.run(workflow)).output).toBe("done");
  });

  it("recover leaves failures alone that the code has handled", async () => {
    const lab = new EngineLab();
    let broken = true;
    const fails = () => {
      if (broken) throw new Error("down");
      return "up";
    };
    const workflow = async (ctx: WorkflowContext) =>
      ctx.join("join", {
        only: {
          run: async (branch) => {
            const first = await branch
              .step({ name: "primary", maxRetries: 0, run: fails })
              .catch(() => branch.step("fallback", () => "fallback"));
            return [first, await branch.step({ name: "last", maxRetries: 0, run: fails })];
          },
        },
      });
    const handle = lab.start(workflow, live);
    await expect(lab.clock.settle(handle.result)).rejects.toThrow("down");
    broken = false;
    await lab.clock.settle(handle.recover());
    expect((await lab.clock.settle(handle.result)).output).toEqual({ only: ["fallback", "up"] });
  });

  it("two runs never have the same idempotency key", async () => {
    const keys: string[] = [];
    const charge = {
      name: "charge",
      run: ({ idempotencyKey }: { idempotencyKey: string }) => keys.push(idempotencyKey),
    };
    const { clock } = new EngineLab();
    const start = (id: string, workflow: (ctx: WorkflowContext) => Promise<unknown>) =>
      clock.settle(
        runWorkflow(id, workflow, undefined, memoryDriver(), { clock, scheduler: clock.scheduler }).result,
      );
    await start("order/1", (ctx) => ctx.step(charge));
    await start("order", (ctx) => ctx.try("1", (inner) => inner.step(charge)));
    expect(new Set(keys).size).toBe(2);
  });

  it("the body of a message that was changed is found out", () => {
    const owner = { workflowId: "a", id: "1", name: "pay" };
    const body = frameBody(owner, new TextEncoder().encode('J{"amount":100}'));
    expect(bodyPayload(owner, body)).toEqual(body.subarray(1, -4));
    for (let at = 0; at < body.length; at++) {
      const changed = Uint8Array.from(body);
      changed[at] = (changed[at] as number) ^ 8;
      expect(() => bodyPayload(owner, changed)).toThrow(CorruptionError);
    }
    for (const changed of [body.subarray(1), body.subarray(1, -4), new Uint8Array(0), Uint8Array.of(0x55)])
      expect(() => bodyPayload(owner, changed)).toThrow(CorruptionError);
    for (const other of [{ workflowId: "b" }, { id: "2" }, { name: "pay later" }]) {
      expect(() => bodyPayload({ ...owner, ...other }, body)).toThrow(CorruptionError);
    }
  });

  it("bodies of messages as they were framed once are read", () => {
    const payload = new TextEncoder().encode('J{"amount":100}');
    const owner = new BareWriter();
    owner.string("1");
    owner.string("pay");
    const sum = new DataView(new ArrayBuffer(4));
    sum.setUint32(0, crc32c(payload, crc32c(owner.finish())), true);
    const body = Uint8Array.of(0x4d, ...payload, ...new Uint8Array(sum.buffer));
    expect(bodyPayload({ workflowId: "a", id: "1", name: "pay" }, body)).toEqual(payload);
    expect(() => bodyPayload({ workflowId: "a", id: "2", name: "pay" }, body)).toThrow(CorruptionError);
  });
});
