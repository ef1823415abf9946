import {
  defaultCodec,
  defineWorkflow,
  Loop,
  type PayloadCodec,
  type Schema,
  type Workflow,
  type WorkflowContext,
} from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { beforeEach, describe, expect, it } from "vitest";
import type { RunHandle } from "../../src/engine/live/run-handle.ts";
import { frameBody } from "../../src/history/message-body.ts";
import { EngineLab } from "../engine-lab.ts";

/** Of any input and messages. */
type LabWorkflow = Workflow<never, number, never, never>;

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

const silentSchema: Schema<unknown, number> = {
  "~standard": { version: 1, vendor: "test", validate: () => new Promise(() => {}) },
};

/** Never answers for what a step gives. */
const silentCodec: PayloadCodec = {
  encode: (value, what) =>
    what.startsWith("the result of step") ? new Promise(() => {}) : defaultCodec.encode(value, what),
  decode: (bytes) => defaultCodec.decode(bytes),
};

it("an output schema that never answers fails its step by the step's timeout", async () => {
  const workflow = (ctx: WorkflowContext) =>
    ctx.step({ name: "s", timeout: "10s", output: silentSchema, run: () => 1 });
  expect(await lab.failure(workflow)).toMatchObject({ code: "STEP_TIMEOUT" });
});

it.each([
  ["an output schema", (ctx: WorkflowContext) => ctx.step({ name: "s", output: silentSchema, run: () => 1 })],
  ["a codec", (ctx: WorkflowContext) => ctx.step("s", () => 1), silentCodec],
] as const)(
  "%s that never answers does not hold up a cancel for long",
  async (_, workflow, codec = defaultCodec) => {
    const handle = lab.start(workflow, { mode: "live", codec });
    await lab.clock.advance(10);
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
    expect(await handle.getState()).toBe("cancelled");
  },
);

it("a codec that never answers for what a step gave does not hold up a pause for long", async () => {
  const workflow = (ctx: WorkflowContext) => ctx.step("s", () => 1);
  const handle = lab.start(workflow, { mode: "live", codec: silentCodec });
  handle.result.catch(() => {});
  await lab.clock.advance(10);
  await lab.clock.settle(handle.pause());
  const again = lab.start(workflow, { mode: "live" });
  await lab.clock.settle(again.resume());
  expect((await lab.clock.settle(again.result)).output).toBe(1);
});

it.each<[string, (handle: RunHandle<unknown>) => Promise<unknown>]>([
  ["eviction", (handle) => handle.evict()],
  ["pause", (handle) => handle.pause().catch((error: Error) => error)],
  ["cancel", (handle) => handle.cancel()],
])("a codec that never answers for the output that is told holds up no %s", async (_what, ask) => {
  const codec: PayloadCodec = {
    encode: (value, what) => defaultCodec.encode(value, what),
    decode: (bytes) => {
      const value = defaultCodec.decode(bytes);
      return value === "told" ? new Promise(() => {}) : value;
    },
  };
  const handle = lab.start(async () => "told", { mode: "live", codec });
  await lab.clock.advance(10);
  await lab.clock.settle(ask(handle));
  expect(await handle.getState()).toBe("completed");
});

const silentOutput = defineWorkflow({ name: "output", output: silentSchema, run: async () => 1 });
const silentMessage = defineWorkflow({
  name: "message",
  messages: { go: silentSchema },
  run: async (ctx) => {
    await ctx.step("before", () => 1);
    return ctx.listen("wait", "go");
  },
});
describe.each([
  ["a schema of the workflow's output", silentOutput],
  ["a schema of a message", silentMessage],
])("%s that never answers", (_, workflow) => {
  /** A run that waits for it. */
  async function waiting() {
    const driver = memoryDriver({ clock: lab.clock });
    const id = "go";
    const body = frameBody(
      { workflowId: "run", id, name: "go" },
      defaultCodec.encode(1, "body") as Uint8Array,
    );
    await driver.enqueueMessage({
      id,
      name: "go",
      body,
      createdAt: 0,
      expiresAt: null,
      completable: false,
      remember: false,
      queueLimit: 10,
    });
    const handle = lab.start(workflow as unknown as LabWorkflow, { mode: "live", driver });
    handle.result.catch(() => {});
    await lab.clock.advance(10);
    return handle;
  }

  it("does not hold up a cancel for long", async () => {
    const handle = await waiting();
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
    expect(await lab.clock.settle(handle.result)).toEqual({ state: "cancelled" });
  });

  it("does not hold up a pause for long", async () => {
    const handle = await waiting();
    await lab.clock.settle(handle.pause());
    expect(await handle.getState()).toBe("paused");
  });

  it("does not hold up an eviction for long, and nothing is lost by that", async () => {
    const handle = await waiting();
    await lab.clock.settle(handle.evict());
    expect(await handle.result).toEqual({ state: "evicted" });
    expect(await handle.getState()).not.toBe("completed");
  });
});

describe("a codec that never answers for what a step gave", () => {
  /** Does not answer when it is asked for that the `silentAt`th time. */
  function codecSilentAt(silentAt: number): PayloadCodec {
    let asked = 0;
    return {
      encode: (value, what) => defaultCodec.encode(value, what),
      decode: (bytes) => {
        const value = defaultCodec.decode(bytes);
        return value === "given" && ++asked === silentAt ? new Promise(() => {}) : value;
      },
    };
  }
  const undone: unknown[] = [];
  beforeEach(() => undone.splice(0));
  const fails = async (ctx: WorkflowContext) => {
    await ctx.rollbackCheckpoint("checkpoint");
    const both = [
      ctx.step({ name: "first", run: () => "given", rollback: (_ctx, value) => void undone.push(value) }),
      ctx.step("second", () => "other"),
    ];
    await Promise.all(both);
    throw new Error("undo it");
  };

  it.each([
    ["an eviction", "is handed over", 1, "running"],
    ["an eviction", "is handed over in a rollback", 2, "rolling_back"],
    ["an eviction", "is undone", 3, "rolling_back"],
    ["a pause", "is handed over", 1, "paused"],
    ["a pause", "is handed over in a rollback", 2, "paused"],
    ["a pause", "is undone", 3, "paused"],
  ] as const)(
    "does not hold up %s for long when that %s, and nothing is lost by that",
    async (what, _when, silentAt, state) => {
      const { storage: driver } = lab;
      const handle = lab.start(fails, { mode: "live", driver, codec: codecSilentAt(silentAt) });
      handle.result.catch(() => {});
      await lab.clock.advance(10);
      await lab.clock.settle(what === "a pause" ? handle.pause() : handle.evict());
      expect([await handle.getState(), undone]).toEqual([state, []]);
      const again = lab.start(fails, { mode: "live", driver });
      if (what === "a pause") {
        await expect(lab.clock.settle(again.result)).rejects.toMatchObject({ code: "RUN_PAUSED" });
        await lab.clock.settle(again.resume());
      }
      await expect(lab.clock.settle(again.result)).rejects.toThrow("undo it");
      expect(undone).toEqual(["given"]);
    },
  );
});

it("a codec that never answers for the input does not hold up the eviction of a rollback for long", async () => {
  const workflow = async (ctx: WorkflowContext): Promise<number> => {
    await ctx.rollbackCheckpoint("checkpoint");
    await ctx.step({ name: "s", run: () => 1, rollback: () => {} });
    throw new Error("undo it");
  };
  let asked = 0;
  const codec: PayloadCodec = {
    encode: (value, what) => defaultCodec.encode(value, what),
    decode: (bytes) => {
      const value = defaultCodec.decode(bytes);
      return value === "input" && ++asked === 3 ? new Promise(() => {}) : value;
    },
  };
  const handle = lab.start(workflow as unknown as LabWorkflow, {
    mode: "live",
    codec,
    input: "input" as never,
  });
  handle.result.catch(() => {});
  await lab.clock.advance(10);
  await lab.clock.settle(handle.evict());
  expect([await handle.getState(), asked]).toEqual(["rolling_back", 3]);
});

describe.each<[string, (ctx: WorkflowContext) => Promise<unknown>]>([
  ["what a block gave", (ctx) => ctx.try("t", () => "silent")],
  [
    "the state of a loop",
    (ctx) =>
      ctx.loop({
        name: "l",
        state: "first",
        run: (_inner, state) => (state === "first" ? Loop.continue("silent") : Loop.break(state)),
      }),
  ],
  [
    "what a loop gave",
    (ctx) =>
      ctx.loop({
        name: "l",
        historyPruneInterval: 1,
        historySize: 0,
        run: async (inner) => {
          await inner.step("inside", () => 1);
          return Loop.break("silent");
        },
      }),
  ],
  ["what is sent", (ctx) => ctx.queue.send("m", "silent")],
  [
    "an answer",
    async (ctx) => {
      const message = await ctx.queue.next("n", { names: ["ask"], completable: true });
      await message.complete("silent");
    },
  ],
])("a codec that never answers for %s", (_what, run) => {
  const started: string[] = [];
  beforeEach(() => started.splice(0));
  const workflow = async (ctx: WorkflowContext) => {
    await ctx.step("before", () => void started.push("before"));
    await run(ctx);
    return "done";
  };

  /** A run that waits for it. */
  async function waiting() {
    let silent = true;
    const codec: PayloadCodec = {
      encode: (value, what) => {
        const isIt = silent && String(JSON.stringify(value)).includes("silent");
        return isIt ? new Promise(() => {}) : Promise.resolve(defaultCodec.encode(value, what));
      },
      decode: async (bytes) => defaultCodec.decode(bytes),
    };
    const handle = lab.start(workflow, { mode: "live", codec });
    handle.result.catch(() => {});
    await lab.clock.settle(handle.send("ask", 1));
    await lab.clock.advance(10);
    const goOn = () => {
      silent = false;
      return lab.start(workflow, { mode: "live", codec });
    };
    return { handle, goOn };
  }

  it("does not hold up a cancel for long", async () => {
    const { handle } = await waiting();
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
    expect(await lab.clock.settle(handle.result)).toEqual({ state: "cancelled" });
  });

  it("does not hold up an eviction for long, and nothing is done again for that", async () => {
    const { handle, goOn } = await waiting();
    await lab.clock.settle(handle.evict());
    expect((await lab.clock.settle(goOn().result)).output).toBe("done");
    expect(started).toEqual(["before"]);
  });

  it("does not hold up a pause for long, and nothing is done again for that", async () => {
    const { handle, goOn } = await waiting();
    await lab.clock.settle(handle.pause());
    expect(await handle.getState()).toBe("paused");
    const again = goOn();
    await lab.clock.settle(again.resume());
    expect((await lab.clock.settle(again.result)).output).toBe("done");
    expect(started).toEqual(["before"]);
  });
});

/** Never answers when it is asked to encode for the `silentAt`th time. */
function encodesUntil(silentAt: number): PayloadCodec {
  let asked = 0;
  return {
    encode: (value, what) =>
      ++asked === silentAt ? new Promise(() => {}) : defaultCodec.encode(value, what),
    decode: (bytes) => defaultCodec.decode(bytes),
  };
}

const plainInput = defineWorkflow({ name: "input", run: async () => 1 });
const silentInput = defineWorkflow({ name: "input", input: silentSchema, run: async () => 1 });
describe.each([
  ["a schema of the input", silentInput, () => defaultCodec],
  ["a codec, for the input as it was given,", plainInput, () => encodesUntil(1)],
  ["a codec, for the input as it is stored,", plainInput, () => encodesUntil(2)],
])("%s that never answers", (_what, workflow, codec) => {
  /** A run that is not created before it does. */
  function beginning() {
    const handle = lab.start(workflow as unknown as LabWorkflow, { input: 1, codec: codec() });
    handle.result.catch(() => {});
    return handle;
  }

  it("does not hold up an eviction for long", async () => {
    const handle = beginning();
    await lab.clock.settle(handle.evict());
    expect(await handle.result).toEqual({ state: "evicted" });
    expect(await handle.getState()).toBe(null);
  });

  it("does not hold up a cancel for long, which is final", async () => {
    const handle = beginning();
    expect(await lab.clock.settle(handle.cancel())).toEqual({ cancelled: true });
    expect(await lab.clock.settle(handle.result)).toEqual({ state: "cancelled" });
    expect(await lab.clock.settle(beginning().result)).toEqual({ state: "cancelled" });
  });

  it("does not hold up a pause for long, of which there is no run yet", async () => {
    expect(
      await lab.clock.settle(
        beginning()
          .pause()
          .catch((error: Error) => error),
      ),
    ).toMatchObject({
      code: "RUN_NOT_FOUND",
    });
  });
});
