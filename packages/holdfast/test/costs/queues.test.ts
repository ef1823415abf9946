import { kvDriver, Loop } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import type { EngineDriver } from "../../src/storage/driver.ts";
import type { CommitBatch } from "../../src/storage/records.ts";
import { MemoryOrderedKV } from "../../src/testing/memory-ordered-kv.ts";
import { EngineLab } from "../engine-lab.ts";
import { interceptedStore } from "../host/intercepted-store.ts";

let lab: EngineLab;
/** What was asked of the storage. */
let asked: { reads: number; messages: number; commits: CommitBatch[] };
beforeEach(() => {
  lab = new EngineLab();
  asked = { reads: 0, messages: 0, commits: [] };
});

function counted(driver: EngineDriver = lab.storage): EngineDriver {
  const commit = (batch: CommitBatch): Promise<void> => {
    asked.commits.push(batch);
    return driver.commit(batch);
  };
  const reading = interceptedStore(driver, async (method, go) => {
    const given = await go();
    if (method !== "peekMessages") return given;
    asked.reads += 1;
    asked.messages += (given as readonly unknown[]).length;
    return given;
  });
  return new Proxy(reading, {
    get: (target, key) => (key === "commit" ? commit : Reflect.get(target, key)),
  });
}

/** Sends itself so many messages, and has `receive` receive them. */
async function received(count: number, receive: (ctx: WorkflowContext, count: number) => Promise<unknown>) {
  const workflow = async (ctx: WorkflowContext): Promise<number> => {
    await Promise.all(Array.from({ length: count }, (_, i) => ctx.queue.send("m", i)));
    asked.commits = [];
    await receive(ctx, count);
    return count;
  };
  const { output } = await lab.run(workflow, { driver: counted(), mode: "live" });
  expect(output).toBe(count);
}

async function oneByOne(ctx: WorkflowContext, count: number): Promise<void> {
  for (let i = 0; i < count; i++) expect(await ctx.listen(`wait ${i}`, "m")).toBe(i);
}

function inALoop(ctx: WorkflowContext, count: number): Promise<number> {
  return ctx.loop<number, number>({
    name: "loop",
    state: 0,
    run: async (inner, i) => {
      expect(await inner.listen("wait", "m")).toBe(i);
      return i + 1 < count ? Loop.continue(i + 1) : Loop.break(i);
    },
  });
}

describe.each([
  ["one by one", oneByOne],
  ["in a loop", inALoop],
])("messages that are queued and are received %s", (_how, receive) => {
  it.each([400, 1_600])("are not read again and again: %i of them", async (count) => {
    await received(count, receive);
    expect(asked.messages / count).toBeLessThan(40);
    expect(asked.commits.length / count).toBeLessThan(0.1);
    for (const { consume } of asked.commits) expect(consume.length).toBeLessThan(50);
  });
});

it("messages that have expired are not read again and again for the one behind them", async () => {
  const count = 1_000;
  const workflow = async (ctx: WorkflowContext): Promise<unknown> => {
    await ctx.sleep("first", "1d");
    return ctx.listen("wait", "m");
  };
  const sender = lab.start(workflow);
  expect((await lab.clock.settle(sender.result)).state).toBe("sleeping");
  for (let i = 0; i < count; i++) await lab.clock.settle(sender.send("m", i, { expiresIn: 10 }));
  await lab.clock.settle(sender.send("m", "in time"));
  await lab.clock.advance("2d");
  expect((await lab.run(workflow, { driver: counted() })).output).toBe("in time");
  expect(asked.messages).toBeLessThan(4 * count);
});

it("a message to one of many waits for other names takes a few reads", async () => {
  const count = 200;
  const names = Array.from({ length: count }, (_, i) => `answer ${i}`);
  const workflow = (ctx: WorkflowContext) => Promise.all(names.map((name) => ctx.listen(name, name)));
  const handle = lab.start(workflow, { driver: counted(), mode: "live" });
  await lab.clock.runUntilIdle();
  for (const name of names.toReversed()) {
    await lab.clock.settle(handle.send(name, name));
    await lab.clock.runUntilIdle();
  }
  expect((await lab.clock.settle(handle.result)).output).toEqual(names);
  expect(asked.reads).toBeLessThan(5 * count);
});

describe("a storage that takes few rows at once", () => {
  const limits = { batchRows: 128 };
  const namespace = (): EngineDriver => {
    const kv = Object.assign(new MemoryOrderedKV(), { limits });
    return kvDriver(kv, { workflowId: "run", clock: lab.clock });
  };
  const memory = (): EngineDriver => memoryDriver({ clock: lab.clock, driverLimits: limits });

  it.each([
    ["in memory", memory],
    ["of keys and values", namespace],
  ])("takes many sends, receptions and answers of one turn, %s", async (_where, open) => {
    const count = 300;
    const workflow = async (ctx: WorkflowContext): Promise<number> => {
      await Promise.all(Array.from({ length: count }, (_, i) => ctx.queue.send("m", i)));
      let [got, batches] = [0, 0];
      while (got < count) {
        const options = { names: ["m"], count, completable: true } as const;
        const batch = await ctx.queue.nextBatch(`batch ${batches++}`, options);
        await Promise.all(batch.map((message) => message.complete(message.body)));
        got += batch.length;
      }
      return got;
    };
    const { output } = await lab.run(workflow, { driver: open(), mode: "live" });
    expect(output).toBe(count);
  });
});

it("sends that are refused cost no commit each", async () => {
  const count = 100;
  const workflow = async (ctx: WorkflowContext): Promise<string[]> => {
    const sends = Array.from({ length: count }, (_, i) =>
      ctx.queue.send("m", i, i === 50 ? {} : { to: "nobody" }),
    );
    return (await Promise.allSettled(sends)).map(({ status }) => status);
  };
  const { output } = await lab.run(workflow, { driver: counted() });
  expect(output?.filter((status) => status === "rejected")).toHaveLength(count - 1);
  expect(output?.[50]).toBe("fulfilled");
  expect(asked.commits.length).toBeLessThan(5);
});
