import { createHost, defineWorkflow, HoldfastError, Loop } from "holdfast";
import { memoryStore } from "holdfast/memory";
import { sqliteStore } from "holdfast/sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";
import { NASTY_NAMES, REFUSED_NAMES } from "./nasty-names.ts";
import { expectNoStrays } from "./stray-watch.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** Branches under these names, whatever the names mean to objects. */
function branches(names: readonly string[]) {
  const config = {};
  for (const name of names) {
    const value = { run: (inner: WorkflowContext) => inner.step(name, () => name) };
    Object.defineProperty(config, name, { value, enumerable: true });
  }
  return config as Record<string, { run: (inner: WorkflowContext) => Promise<string> }>;
}

const operations: Readonly<Record<string, (ctx: WorkflowContext, name: string) => Promise<unknown>>> = {
  step: (ctx, name) => ctx.step(name, () => name),
  tryStep: (ctx, name) => ctx.tryStep(name, () => name),
  sleep: (ctx, name) => ctx.sleep(name, 1),
  try: (ctx, name) => ctx.try(name, (inner) => inner.step(name, () => name)),
  loop: (ctx, name) => ctx.loop(name, async (inner) => Loop.break(await inner.step(name, () => name))),
  map: (ctx, name) => ctx.map(name, [1], (inner) => inner.step(name, () => name)),
  race: (ctx, name) => ctx.race(name, [{ name, run: (inner) => inner.step(name, () => name) }]),
  join: (ctx, name) => ctx.join(name, branches([name === "__proto__" ? "proto" : name])),
  version: (ctx, name) => ctx.getVersion(name, 2),
  checkpoint: (ctx, name) => ctx.rollbackCheckpoint(name),
  queue: (ctx, name) => ctx.queue.nextBatch(name, { names: [name], timeout: 1 }),
};

describe.each(Object.entries(operations))("%s", (_, operation) => {
  it("keeps names apart that are hard to keep apart, on replay too", async () => {
    expectNoStrays();
    const workflow = async (ctx: WorkflowContext) => {
      const values: unknown[] = [];
      for (const name of NASTY_NAMES) values.push(await operation(ctx, name));
      await ctx.sleep("rest", 1_000);
      return values;
    };
    let result = await lab.run(workflow);
    for (let passes = 0; result.state === "sleeping" && passes < 99; passes++) {
      await lab.clock.advanceTo(result.sleepUntil ?? 0);
      result = await lab.run(workflow);
    }
    const fresh = new EngineLab();
    const live = await fresh.run(workflow, { mode: "live" });
    expect(result.output).toEqual(live.output);
    const names = (await fresh.start(workflow).history()).entries.map(({ id }) => id);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(REFUSED_NAMES.map((name) => [name.length, name]))(
    "refuses a name of %i characters by type, and writes nothing of it",
    async (_length, name) => {
      expectNoStrays();
      const error = await lab.failure((ctx: WorkflowContext) => operation(ctx, name as string));
      expect(["INVALID_ARGUMENT", "LIMIT"]).toContain(error.code);
      expect((await lab.start(async () => 1).history()).entries).toEqual([]);
    },
  );
});

it("a branch of a join cannot be named as the prototype of its results", async () => {
  const error = await lab.failure((ctx: WorkflowContext) => ctx.join("all", branches(["__proto__"])));
  expect(error.code).toBe("INVALID_ARGUMENT");
});

it("branches of a join have their own values, whatever their names mean to objects", async () => {
  const names = NASTY_NAMES.filter((name) => name !== "__proto__");
  const { output } = await lab.run((ctx: WorkflowContext) => ctx.join("all", branches(names)));
  const values = Object.entries(output as object);
  expect(values.map(([name]) => name).sort()).toEqual([...names].sort());
  expect(values.every(([name, value]) => name === value)).toBe(true);
  expect(Object.getPrototypeOf(output)).toBe(Object.prototype);
});

describe.each([
  ["memory", () => memoryStore()],
  ["sqlite", () => sqliteStore(":memory:")],
])("a host on %s", (_, open) => {
  it("keeps apart runs, workflows and messages with such names", async () => {
    expectNoStrays();
    const store = open();
    const workflows = NASTY_NAMES.map((name) =>
      defineWorkflow({
        name,
        run: async (ctx) => [name, ctx.workflowId, (await ctx.queue.next("wait", { names: [name] })).body],
      }),
    );
    const host = await createHost({ store, workflows });
    for (const [index, workflow] of workflows.entries()) {
      const workflowId = NASTY_NAMES[index] as string;
      const handle = await host.start(workflow, { workflowId, input: undefined });
      // Its own last: with that the run ends, and takes no more.
      const others = NASTY_NAMES.filter((name) => name !== workflowId);
      for (const other of [...others, workflowId]) await handle.send(other, other, { messageId: other });
    }
    for (const name of NASTY_NAMES) expect(await host.handle(name).result()).toEqual([name, name, name]);
    expect((await host.list()).runs.map(({ workflowId }) => workflowId).sort()).toEqual(
      [...NASTY_NAMES].sort(),
    );
    for (const name of NASTY_NAMES) expect((await host.list({ workflowName: name })).runs.length).toBe(1);
    await host.stop();
    await store.close();
  });

  it.each(REFUSED_NAMES.map((name) => [name.length, name]))(
    "refuses a message of %i characters",
    async (_length, name) => {
      const store = open();
      const waits = defineWorkflow({ name: "waits", run: (ctx) => ctx.listen("w", "m") });
      const host = await createHost({ store, workflows: [waits] });
      const handle = await host.start(waits, { workflowId: "a", input: undefined });
      await expect(handle.send(name as string, 1)).rejects.toSatisfy((error) => HoldfastError.is(error));
      await host.stop();
      await store.close();
    },
  );
});
