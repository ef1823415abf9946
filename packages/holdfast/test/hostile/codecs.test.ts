import {
  createHost,
  defaultCodec,
  defineWorkflow,
  Loop,
  type PayloadCodec,
  StorageError,
  UnserializableValueError,
  type WorkflowContext,
} from "holdfast";
import { memoryStore } from "holdfast/memory";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { interceptedStore } from "../host/intercepted-store.ts";
import { expectNoStrays } from "./stray-watch.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** How often a codec is to fail from now on, and what it is asked for. */
class Trouble {
  left = 0;
  /** Of what is encoded, only this fails. */
  of = "";

  meets(what: string): boolean {
    if (this.left === 0 || !what.includes(this.of)) return false;
    this.left -= 1;
    return true;
  }
}

const down = (): never => {
  throw new Error("the key service is down");
};

/** Ways in which `encode` fails. */
const failing: Readonly<Record<string, () => unknown>> = {
  throws: down,
  rejects: async () => down(),
  "gives a string": () => "bytes",
  "gives null": () => null,
  "gives an array": () => [1, 2],
  "gives a promise of undefined": () => Promise.resolve(undefined),
  "gives bytes over shared memory": () => new Uint8Array(new SharedArrayBuffer(2)),
  "gives bytes over a detached buffer": () => {
    const bytes = new Uint8Array(2);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  },
  // biome-ignore lint/suspicious/noThenProperty: a hostile thenable is what the test is about.
  "gives a thenable that throws": () => ({ then: down }),
  // biome-ignore lint/suspicious/noThenProperty: as above.
  "gives an object whose then cannot be read": () => Object.defineProperty({}, "then", { get: down }),
};

function troubled(trouble: Trouble, fail: () => unknown): PayloadCodec {
  return {
    encode: (value, what) =>
      trouble.meets(what) ? (fail() as Uint8Array) : defaultCodec.encode(value, what),
    decode: (bytes) => defaultCodec.decode(bytes),
  };
}

/** Places where a payload is encoded, by a part of what errors call it. */
const places: Readonly<Record<string, { of: string; run: (ctx: WorkflowContext) => Promise<unknown> }>> = {
  "a step's result": { of: 'result of step "s"', run: (ctx) => ctx.tryStep("s", () => "value") },
  "a block's result": { of: "result of try", run: (ctx) => ctx.try("t", () => "value") },
  "a loop's state": {
    of: "state of loop",
    run: (ctx) =>
      ctx.loop({
        name: "l",
        state: 1,
        run: async (_inner, state) => (state < 3 ? Loop.continue(state + 1) : Loop.break(state)),
      }),
  },
  "a message's body": {
    of: "body of message",
    run: async (ctx) => {
      await ctx.queue.send("m", "hello");
      return ctx.listen("w", "m");
    },
  },
  "the output": { of: "output", run: async () => "value" },
};

describe.each(Object.entries(failing))("a codec that %s while it encodes", (_way, fail) => {
  describe.each(Object.entries(places))("%s", (_place, { of, run }) => {
    const program = () => {
      const starts: string[] = [];
      const workflow = async (ctx: WorkflowContext) => {
        await ctx.step("first", () => void starts.push("first"));
        return { seen: await run(ctx) };
      };
      return { starts, workflow };
    };

    it("is asked again, and neither the code nor a body notices", async () => {
      expectNoStrays();
      const { starts, workflow } = program();
      const expected = (await new EngineLab().run(workflow, { mode: "live" })).output;
      starts.length = 0;
      const trouble = new Trouble();
      trouble.of = of;
      trouble.left = 4;
      const { output } = await lab.run(workflow, { mode: "live", codec: troubled(trouble, fail) });
      expect(output).toEqual(expected);
      expect(starts).toEqual(["first"]);
      expect(trouble.left).toBe(0);
    });

    it("for long ends the pass, not the run, and what bodies had come to is kept", async () => {
      expectNoStrays();
      const { starts, workflow } = program();
      const trouble = new Trouble();
      trouble.of = of;
      trouble.left = Number.POSITIVE_INFINITY;
      const codec = troubled(trouble, fail);
      const handle = lab.start(workflow, { codec });
      await expect(lab.clock.settle(handle.result)).rejects.toBeInstanceOf(StorageError);
      expect(await handle.getState()).toBe("running");
      trouble.left = 0;
      const { output } = await lab.run(workflow, { mode: "live", codec });
      expect(output).toEqual((await new EngineLab().run(program().workflow, { mode: "live" })).output);
      expect(starts).toEqual(["first"]);
    });
  });

  it("refuses a start and a message by a StorageError, and nothing is written", async () => {
    expectNoStrays();
    const store = memoryStore();
    const trouble = new Trouble();
    const echo = defineWorkflow({ name: "echo", run: (ctx) => ctx.listen("w", "m") });
    const host = await createHost({ store, workflows: [echo], codec: troubled(trouble, fail) });
    trouble.left = Number.POSITIVE_INFINITY;
    await expect(host.start(echo, { workflowId: "a" })).rejects.toBeInstanceOf(StorageError);
    expect((await host.list()).runs).toEqual([]);
    trouble.left = 0;
    const handle = await host.start(echo, { workflowId: "a" });
    trouble.left = Number.POSITIVE_INFINITY;
    await expect(handle.send("m", 1)).rejects.toBeInstanceOf(StorageError);
    await expect(handle.request("m", 1)).rejects.toBeInstanceOf(StorageError);
    trouble.left = 0;
    await handle.send("m", 2);
    expect(await handle.result()).toBe(2);
    await host.stop();
  });
});

it("a codec's refusal of a value is the step's own failure", async () => {
  const codec: PayloadCodec = {
    encode(value, what) {
      if (value === "refused") throw new UnserializableValueError(what, "it is refused");
      return defaultCodec.encode(value, what);
    },
    decode: (bytes) => defaultCodec.decode(bytes),
  };
  let starts = 0;
  const body = () => {
    starts += 1;
    return "refused";
  };
  const { output } = await lab.run((ctx: WorkflowContext) => ctx.tryStep("s", body), { codec });
  expect(output).toMatchObject({ ok: false, failure: { error: { code: "UNSERIALIZABLE_VALUE" } } });
  expect(starts).toBe(1);
});

it("a codec that uses its buffers again, and one that decodes in place, change nothing that is stored", async () => {
  const scratch = new Uint8Array(1_024);
  const codec: PayloadCodec = {
    encode(value, what) {
      const bytes = defaultCodec.encode(value, what);
      scratch.set(bytes);
      return scratch.subarray(0, bytes.length);
    },
    decode(bytes) {
      const value = defaultCodec.decode(bytes);
      bytes.fill(0);
      return value;
    },
  };
  const workflow = async (ctx: WorkflowContext, input: unknown) => {
    const a = await ctx.step("a", () => "a".repeat(20));
    const b = await ctx.step("b", () => [1, 2, 3]);
    await ctx.sleep("rest", 10);
    return [input, a, b];
  };
  await lab.run(workflow as never, { codec, input: { given: true } });
  await lab.clock.advance(10);
  const { output } = await lab.run(workflow as never, { codec });
  expect(output).toEqual([{ given: true }, "a".repeat(20), [1, 2, 3]]);
});

describe("a codec that is down for long when a block ends that forgets", () => {
  const bodies: string[] = [];
  beforeEach(() => bodies.splice(0));

  const loop = (ctx: WorkflowContext) =>
    ctx.loop({
      name: "block",
      state: 0,
      historyPruneInterval: 1,
      historySize: 0,
      run: async (inner, state) => {
        const received = await inner.listen("wait", "m");
        await inner.step("s", () => void bodies.push(`iteration ${state}`));
        return state < 1 ? Loop.continue(state + 1) : Loop.break(received);
      },
    });
  const race = (ctx: WorkflowContext) =>
    ctx.race("block", [
      { name: "winner", run: (inner) => inner.sleep("z", 5) },
      {
        name: "loser",
        run: async (inner) => {
          await inner.step("s", () => void bodies.push("loser"));
          await inner.listen("wait", "nothing");
        },
      },
    ]);

  it.each([
    ["a loop", "its iterations", loop, 2, ["iteration 0", "iteration 1"]],
    ["a race", "its losers", race, { winner: "winner", value: undefined }, ["loser"]],
  ])("%s keeps %s until its end is recorded", async (block, _what, workflow, output, started) => {
    const trouble = new Trouble();
    trouble.of = `the result of ${block.slice(2)}`;
    trouble.left = Number.POSITIVE_INFINITY;
    const codec = troubled(trouble, down);
    const handle = lab.start(workflow as typeof loop, { mode: "live", codec });
    const broken = expect(handle.result).rejects.toBeInstanceOf(StorageError);
    await lab.clock.settle(Promise.all([1, 2].map((body) => handle.send("m", body))));
    await lab.clock.settle(broken);
    expect(bodies).toEqual(started);
    trouble.left = 0;
    expect((await lab.run(workflow as typeof loop, { mode: "live", codec })).output).toEqual(output);
    expect(bodies).toEqual(started);
  });
});

it("a codec that ends a pass while bodies run has them end first, also while a commit is under way: they do not run again", async () => {
  const starts: string[] = [];
  const takes = (name: string, duration: string) => async () => {
    starts.push(name);
    await lab.clock.sleep(duration);
    return name;
  };
  const workflow = (ctx: WorkflowContext) =>
    Promise.all([
      ctx.step("quick", () => "quick"),
      ctx.step("long", takes("long", "20s")),
      ctx.step("longer", takes("longer", "20500ms")),
    ]);
  const driver = interceptedStore(lab.storage, async (method, go) => {
    if (method === "commit") await lab.clock.sleep("1s");
    return go();
  });
  const trouble = new Trouble();
  trouble.left = Number.POSITIVE_INFINITY;
  const codec: PayloadCodec = {
    encode: (value, what) => defaultCodec.encode(value, what),
    decode: (bytes) => {
      const value = defaultCodec.decode(bytes);
      return value === "quick" && trouble.meets("") ? down() : value;
    },
  };
  const handle = lab.start(workflow, { mode: "live", codec, driver });
  await expect(lab.clock.settle(handle.result)).rejects.toBeInstanceOf(StorageError);
  trouble.left = 0;
  expect((await lab.run(workflow, { mode: "live", codec })).output).toEqual(["quick", "long", "longer"]);
  expect(starts).toEqual(["long", "longer"]);
});

describe("a codec that is down for minutes when a body has ended", () => {
  const program = (trouble: Trouble) => {
    const charged: number[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      const [charge, other] = await Promise.all([
        ctx.step("charge", () => {
          trouble.left = Number.POSITIVE_INFINITY;
          return charged.push(1);
        }),
        ctx.step("other", () => "other"),
      ]);
      return [charge, other];
    };
    trouble.of = 'result of step "charge"';
    return { charged, workflow, codec: troubled(trouble, down) };
  };

  it("finds the result in memory when it is back: the body does not run again, and the run was seen to wait", async () => {
    const trouble = new Trouble();
    const { charged, workflow, codec } = program(trouble);
    const handle = lab.start(workflow, { mode: "live", codec });
    await lab.clock.advance("5m");
    expect(await handle.getState()).toBe("running");
    expect(lab.lines.map(({ message }) => message).join()).toContain("kept in memory, and the run waits");
    trouble.left = 0;
    expect((await lab.clock.settle(handle.result)).output).toEqual([1, "other"]);
    expect(charged).toEqual([1]);
  });

  it("holds up neither an eviction nor a cancel", async () => {
    const trouble = new Trouble();
    const { workflow, codec } = program(trouble);
    const handle = lab.start(workflow, { mode: "live", codec });
    await lab.clock.advance("1m");
    const before = lab.clock.now();
    await lab.clock.settle(handle.evict());
    trouble.left = 0;
    const next = lab.start(workflow, { mode: "live", codec });
    await lab.clock.advance("1m");
    expect(await lab.clock.settle(next.cancel())).toEqual({ cancelled: true });
    expect(lab.clock.now() - before).toBeLessThan(120_000);
  });
});

it("a message that is being decoded for a branch which loses its race just then is there for the next wait", async () => {
  const lost = Promise.withResolvers<void>();
  const codec: PayloadCodec = {
    ...defaultCodec,
    decode: async (bytes) => {
      const value = defaultCodec.decode(bytes);
      if (value !== "hello") return value;
      lost.resolve();
      await lab.clock.sleep(50);
      return value;
    },
  };
  const workflow = async (ctx: WorkflowContext) => {
    const { winner } = await ctx.race("r", [
      { name: "waits", run: (inner) => inner.queue.next("m", { names: ["m"] }) },
      { name: "own", run: () => lost.promise },
    ]);
    const { body } = await ctx.queue.next("again", { names: ["m"], timeout: "1m" });
    return [winner, body];
  };
  const handle = lab.start(workflow, { mode: "live", codec });
  await lab.clock.runUntilIdle();
  await handle.send("m", "hello");
  expect((await lab.clock.settle(handle.result)).output).toEqual(["own", "hello"]);
});

it("a cancel that waits for what a body has come to is not kept busy by a timer that is due beside it", async () => {
  const codec: PayloadCodec = {
    ...defaultCodec,
    encode: async (value, what) => {
      if (what.includes("step")) await lab.clock.sleep(50);
      return defaultCodec.encode(value, what);
    },
  };
  const workflow = (ctx: WorkflowContext) => Promise.all([ctx.step("s", () => 1), ctx.sleep("beside", 10)]);
  const handle = lab.start(workflow, { mode: "live", codec });
  await lab.clock.advance(5);
  expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
  expect(lab.clock.monotonic()).toBe(50);
});

it("code goes on in the order in which it asked the codec, whichever answer comes first, and so does a replay", async () => {
  const lags = [2, 0, 1, 0, 2, 1, 0];
  let calls = 0;
  const lag = async (): Promise<void> => {
    for (let turns = lags[calls++ % lags.length] as number; turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const codec: PayloadCodec = {
    encode: async (value, what) => {
      await lag();
      return defaultCodec.encode(value, what);
    },
    decode: async (bytes) => {
      await lag();
      return defaultCodec.decode(bytes as Uint8Array);
    },
  };
  const orders: string[][] = [];
  const workflow = async (ctx: WorkflowContext): Promise<void> => {
    const order: string[] = [];
    orders.push(order);
    const loop = (name: string) =>
      ctx.loop(name, async (inner) => {
        order.push(name);
        await inner.sleep("night", "1d");
      });
    await Promise.all(["a", "b", "c", "d"].map(loop));
  };
  for (let pass = 0; pass < 4; pass++) await lab.run(workflow, { codec });
  expect(orders.map((order) => order.join(""))).toEqual(["abcd", "abcd", "abcd", "abcd"]);
});

it("what runs beside a loop has come as far when that begins, whether the codec answers at once or later", async () => {
  const orders: string[] = [];
  const workflow = async (ctx: WorkflowContext): Promise<void> => {
    let order = "";
    const beside = async (): Promise<void> => {
      for (let microtasks = 0; microtasks < 300; microtasks++) await null;
      order += "beside ";
    };
    const loop = ctx.loop("loop", async (inner) => {
      orders.push(`${order}loop`);
      await inner.sleep("night", "1d");
    });
    await Promise.all([loop, beside()]);
  };
  for (const late of [false, true, false]) {
    const codec: PayloadCodec = {
      encode: async (value, what) => {
        if (late) await new Promise((resolve) => setImmediate(resolve));
        return defaultCodec.encode(value, what);
      },
      decode: async (bytes) => defaultCodec.decode(bytes as Uint8Array),
    };
    await lab.run(workflow, { codec });
  }
  expect(orders).toEqual(["beside loop", "beside loop", "beside loop"]);
});

it("code that is left while a codec decodes for it does not go on", async () => {
  const lab = new EngineLab();
  const codec: PayloadCodec = {
    encode: (value, what) => defaultCodec.encode(value, what),
    decode: async (bytes) => {
      const value = defaultCodec.decode(bytes);
      if (value === 1) await lab.clock.sleep(8_000);
      return value;
    },
  };
  const seen: string[] = [];
  const workflow = async (ctx: WorkflowContext) => {
    try {
      await ctx.step("step", () => 1);
      seen.push(`after the step, at ${typeof ctx.now()}`);
    } finally {
      seen.push("finally");
    }
  };
  const handle = lab.start(workflow, { mode: "live", codec });
  await lab.clock.advance(500);
  handle.result.catch(() => {});
  void handle.evict();
  await lab.clock.advance(20_000);
  expect(seen).toEqual([]);
  await lab.run(workflow, { codec });
  expect(seen).toEqual(["after the step, at number", "finally"]);
});
