import {
  createClient,
  createHost,
  defineWorkflow,
  InvalidArgumentError,
  LimitError,
  UnserializableValueError,
  ValidationError,
  WorkflowConflictError,
  WorkflowNotRegisteredError,
} from "holdfast";
import { memoryStore } from "holdfast/memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { virtualStore } from "./host-on-virtual-clock.ts";

const double = defineWorkflow({
  name: "double",
  run: async (ctx, input: { n: number }) => ctx.step("double", () => input.n * 2),
});

describe("starting a run", () => {
  it("gives the output", async () => {
    const { host, clock } = virtualStore();
    const handle = await (await host({ workflows: [double] })).start(double, {
      workflowId: "a",
      input: { n: 4 },
    });
    expect(await clock.settle(handle.result())).toBe(8);
    expect(handle.workflowId).toBe("a");
  });

  it("takes a fresh id when none is given", async () => {
    const { host, clock } = virtualStore();
    const running = await host({ workflows: [double] });
    const one = await running.start(double, { input: { n: 1 } });
    const other = await running.start(double, { input: { n: 1 } });
    expect(one.workflowId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(one.workflowId).not.toBe(other.workflowId);
    expect(await clock.settle(Promise.all([one.result(), other.result()]))).toEqual([2, 2]);
  });

  it("gives the existing run for the same workflow and input, also when it has ended", async () => {
    const { host, clock } = virtualStore();
    let bodies = 0;
    const counted = defineWorkflow({
      name: "counted",
      run: async (ctx, input: { a: number; b: readonly number[] }) =>
        ctx.step("count", () => (bodies += input.a)),
    });
    const running = await host({ workflows: [counted] });
    const first = await running.start(counted, { workflowId: "a", input: { a: 1, b: [2] } });
    expect(await clock.settle(first.result())).toBe(1);
    const second = await running.start(counted, { workflowId: "a", input: { b: [2], a: 1 } });
    expect(await clock.settle(second.result())).toBe(1);
    expect(bodies).toBe(1);
  });

  it("refuses another input or another workflow under the same id, and says which", async () => {
    const { host } = virtualStore();
    const triple = defineWorkflow({ name: "triple", run: async (_ctx, input: { n: number }) => input.n * 3 });
    const running = await host({ workflows: [double, triple] });
    await running.start(double, { workflowId: "a", input: { n: 1 } });
    await expect(running.start(double, { workflowId: "a", input: { n: 2 } })).rejects.toThrow(
      WorkflowConflictError,
    );
    const other = running.start(triple, { workflowId: "a", input: { n: 1 } });
    await expect(other).rejects.toThrow(/"double".*"triple"/);
  });

  it("creates one run for 50 starts at once", async () => {
    const { host, clock, store } = virtualStore();
    let bodies = 0;
    const once = defineWorkflow({ name: "once", run: async (ctx) => ctx.step("once", () => ++bodies) });
    const running = await host({ workflows: [once] });
    const starts = Array.from({ length: 50 }, () => running.start(once, { workflowId: "a" }));
    const handles = await Promise.all(starts);
    expect(await clock.settle(Promise.all(handles.map((handle) => handle.result())))).toEqual(
      Array(50).fill(1),
    );
    expect(bodies).toBe(1);
    expect((await store.statistics()).runs.completed).toBe(1);
  });

  it("stores the input as the schema gives it", async () => {
    const { host, clock } = virtualStore();
    const greet = defineWorkflow({
      name: "greet",
      input: z.object({ name: z.string().trim(), times: z.number().default(2) }),
      run: async (_ctx, { name, times }) => Array<string>(times).fill(name),
    });
    const running = await host({ workflows: [greet] });
    const handle = await running.start(greet, { workflowId: "a", input: { name: " Ada " } });
    expect(await clock.settle(handle.result())).toEqual(["Ada", "Ada"]);
    await running.start(greet, { workflowId: "a", input: { name: "Ada", times: 2 } });
  });

  it("gives the same run for the same input, though the schema makes another one of it each time", async () => {
    const { host, clock } = virtualStore();
    let made = 0;
    const counted = z.object({ name: z.string(), number: z.number().default(() => (made += 1)) });
    const count = defineWorkflow({ name: "count", input: counted, run: async (_ctx, { number }) => number });
    const running = await host({ workflows: [count] });
    await running.start(count, { workflowId: "a", input: { name: "Ada" } });
    const again = await running.start(count, { workflowId: "a", input: { name: "Ada" } });
    expect(await clock.settle(again.result())).toBe(1);
    const byName = await running.start("count", { workflowId: "a", input: { name: "Ada" } });
    expect(await clock.settle(byName.result())).toBe(1);
    await expect(running.start(count, { workflowId: "a", input: { name: "Bob" } })).rejects.toThrow(
      WorkflowConflictError,
    );
  });

  it("takes no input for another that only its schema makes of it", async () => {
    const { host } = virtualStore();
    const twice = z.number().transform((given) => 2 * given);
    const double = defineWorkflow({ name: "double", input: twice, run: async (_ctx, doubled) => doubled });
    const running = await host({ workflows: [double] });
    await running.start(double, { workflowId: "a", input: 1 });
    await expect(running.start(double, { workflowId: "a", input: 2 })).rejects.toThrow(WorkflowConflictError);
  });

  it("writes nothing when an argument is wrong", async () => {
    const { host, store } = virtualStore();
    const strict = defineWorkflow({ name: "strict", input: z.object({ n: z.number() }), run: async () => 1 });
    const running = await host({ workflows: [strict, double], limits: { payloadBytes: 100 } });
    const wrong = (input: unknown) => running.start("strict", { workflowId: "a", input });
    await expect(wrong({ n: "1" })).rejects.toThrow(ValidationError);
    await expect(running.start("double", { input: { n: () => 1 } })).rejects.toThrow(
      UnserializableValueError,
    );
    await expect(running.start("double", { input: "x".repeat(200) })).rejects.toThrow(LimitError);
    await expect(running.start("double", { workflowId: "" })).rejects.toThrow(InvalidArgumentError);
    await expect(running.start("double", { workflowId: null as never })).rejects.toThrow(
      InvalidArgumentError,
    );
    await expect(running.start("double", { workflowId: "x".repeat(600) })).rejects.toThrow(LimitError);
    expect(store.stats.transactions).toBe(0);
  });
});

describe("which workflow is meant", () => {
  it("can be told by name, by definition or by the bare function", async () => {
    async function greet(_ctx: unknown, input: string): Promise<string> {
      return `hello ${input}`;
    }
    const { host, clock } = virtualStore();
    const running = await host({ workflows: [double, greet] });
    const byName = await running.start("double", { input: { n: 1 } });
    const byFunction = await running.start(greet, { input: "Ada" });
    expect(await clock.settle(Promise.all([byName.result(), byFunction.result()]))).toEqual([2, "hello Ada"]);
  });

  it("must be one that the host knows", async () => {
    const { host } = virtualStore();
    const running = await host({ workflows: [double] });
    await expect(running.start("other")).rejects.toThrow(WorkflowNotRegisteredError);
    const impostor = defineWorkflow({ name: "double", run: async () => 0 });
    await expect(running.start(impostor)).rejects.toThrow(InvalidArgumentError);
  });

  it("is no matter of a client, which runs nothing", async () => {
    const { host, clock, store } = virtualStore();
    const client = createClient({ store, clock, scheduler: clock.scheduler });
    const handle = await client.start(double, { workflowId: "a", input: { n: 5 } });
    await client.start("double", { workflowId: "a", input: { n: 5 } });
    await clock.advance(60_000);
    expect(await handle.getState()).toBe("pending");
    await host({ workflows: [double] });
    expect(await clock.settle(handle.result())).toBe(10);
  });
});

describe("options", () => {
  const wrong: readonly [string, object][] = [
    ["store", { store: {} }],
    ["workflows", { workflows: double }],
    ["named", { workflows: [double, { ...double }] }],
    ["concurrency", { concurrency: 0 }],
    ["leaseMs", { leaseMs: "30s" }],
    ["pollMs", { pollMs: 0 }],
    ["cacheSize", { cacheSize: -1 }],
    ["retention.completedMs", { retention: { completedMs: 0 } }],
    ['retention: there is no "forever"', { retention: { forever: 1 } }],
    ["drainOnSignal", { drainOnSignal: "SIGTERM" }],
    ['limits: there is no "nothing"', { limits: { nothing: 1 } }],
    ["observers", { observers: 1 }],
  ];

  it.each(wrong)("are checked: %s", async (named, options) => {
    const host = createHost({ store: memoryStore(), workflows: [], ...options } as never);
    const error = await host.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toContain(named);
  });

  it("of a client are checked too", () => {
    expect(() => createClient({ store: null as never })).toThrow(InvalidArgumentError);
    expect(() => createClient({ store: memoryStore(), pollMs: 0.5 })).toThrow(InvalidArgumentError);
  });
});
