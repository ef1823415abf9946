import { defaultCodec, defineWorkflow, type PayloadCodec, type Schema, type WorkflowContext } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { Gate, virtualStore } from "../host/host-on-virtual-clock.ts";
import { interceptedStore } from "../host/intercepted-store.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

describe("a schema that never answers for a message that came while the run was parking", () => {
  /** A run that is parked and at work on the message. */
  async function parked() {
    let silent = false;
    const go: Schema<unknown, number> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: () => (silent ? new Promise(() => {}) : { value: 1 }),
      },
    };
    const workflow = defineWorkflow({
      name: "waits",
      messages: { go },
      run: (ctx) => ctx.listen("wait", "go"),
    });
    const driver = interceptedStore(lab.storage, async (method, commit) => {
      if (method === "commit" && !silent) {
        await handle.send("go", 1);
        silent = true;
      }
      return commit();
    });
    const handle = lab.start(workflow as never, { mode: "live", driver });
    handle.result.catch(() => {});
    await lab.clock.advance(10);
    expect(await handle.getState()).toBe("sleeping");
    return handle;
  }

  it("does not hold up an eviction for long", async () => {
    const handle = await parked();
    await lab.clock.settle(handle.evict());
    expect(await handle.result).toEqual({ state: "evicted" });
  });

  it("does not hold up a pause for long", async () => {
    const handle = await parked();
    await lab.clock.settle(handle.pause());
    expect(await handle.getState()).toBe("paused");
  });

  it("does not hold up a cancel for long", async () => {
    const handle = await parked();
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
  });
});

describe("a codec that never answers for the last heartbeat of the attempt before", () => {
  it.each(["at-least-once", "at-most-once"] as const)(
    "does not hold up a pause for long (%s)",
    async (delivery) => {
      let silent = false;
      const codec: PayloadCodec = {
        encode: (value, what) => defaultCodec.encode(value, what),
        decode: (bytes) => {
          const value = defaultCodec.decode(bytes);
          return silent && value === "half" ? new Promise(() => {}) : value;
        },
      };
      const attempts: unknown[] = [];
      const workflow = (ctx: WorkflowContext) =>
        ctx.step({
          name: "s",
          delivery,
          run: ({ attempt, heartbeat, lastHeartbeat }) => {
            attempts.push([attempt, lastHeartbeat]);
            heartbeat("half");
            if (attempt > 1) return "done";
            silent = true;
            throw new Error("again");
          },
        });
      const handle = lab.start(workflow, { mode: "live", codec });
      handle.result.catch(() => {});
      await lab.clock.advance(1_000);
      await lab.clock.settle(handle.pause());
      expect([await handle.getState(), attempts]).toEqual(["paused", [[1, undefined]]]);
    },
  );
});

describe("a codec that never answers for what the loser of a race gave", () => {
  const codec: PayloadCodec = {
    encode: (value, what) => (value === "lost" ? new Promise(() => {}) : defaultCodec.encode(value, what)),
    decode: (bytes) => defaultCodec.decode(bytes),
  };

  it("leads no pause to leave a body that runs later: it ran again", async () => {
    const gate = new Gate();
    const bodies: string[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      await ctx.race("race", [
        { name: "loser", run: (inner) => inner.step("gives", () => "lost") },
        { name: "winner", run: (inner) => inner.sleep("first", 100) },
      ]);
      const body = async () => {
        bodies.push("long");
        await gate.passed;
        return 2;
      };
      await ctx.step({ name: "long", timeout: 0, run: body });
      await ctx.sleep("then", "1h");
      return "done";
    };
    const handle = lab.start(workflow, { mode: "live", codec });
    handle.result.catch(() => {});
    await lab.clock.advance(1_000);
    const paused = handle.pause();
    await lab.clock.advance(20_000);
    gate.open();
    await lab.clock.settle(paused);
    expect(await handle.getState()).toBe("paused");
    await lab.clock.settle(handle.resume());
    expect((await lab.clock.settle(handle.result)).output).toBe("done");
    expect(bodies).toEqual(["long"]);
  });
});

describe("a codec that never answers for what one step gave", () => {
  it("keeps no host that stops from storing what others gave beside it", async () => {
    const { clock, host } = virtualStore();
    const gate = new Gate();
    const bodies: string[] = [];
    let silent = true;
    const codec: PayloadCodec = {
      encode: (value, what) => defaultCodec.encode(value, what),
      decode: (bytes) => {
        const value = defaultCodec.decode(bytes);
        return silent && value === "one" ? new Promise(() => {}) : value;
      },
    };
    const body = async (gives: string) => {
      bodies.push(gives);
      await gate.passed;
      return gives;
    };
    const workflow = defineWorkflow({
      name: "both",
      run: (ctx) => Promise.all([ctx.step("one", () => body("one")), ctx.step("other", () => body("other"))]),
    });
    const first = await host({ workflows: [workflow], codec });
    await first.start(workflow, { workflowId: "run" });
    await clock.advance(10);
    gate.open();
    await clock.advance(1_000);
    await clock.settle(first.stop({ timeoutMs: 0 }));
    silent = false;
    const second = await host({ workflows: [workflow], codec });
    expect(await clock.settle(second.handle("run").result())).toEqual(["one", "other"]);
    expect(bodies).toEqual(["one", "other"]);
  });
});
