import { CriticalError, type WorkflowContext } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { virtualStore } from "../host/host-on-virtual-clock.ts";

const VALUE_BYTES = 128 * 1024;
const MEGABYTE = 1024 * 1024;
/** Three bytes of UTF-8 for each character. */
const page = "頁".repeat(MEGABYTE);

const large: Readonly<Record<string, () => Error>> = {
  "a long message": () => new CriticalError(`refused: ${"x".repeat(3 * MEGABYTE)}`),
  "a long message of long characters": () => new CriticalError(`refused: ${page}`),
  "long data": () =>
    Object.assign(new CriticalError("refused"), { body: page, pages: Array(100).fill(page) }),
  "long causes": () => new CriticalError("refused", { cause: new Error(page, { cause: new Error(page) }) }),
  "many errors": () =>
    Object.assign(new CriticalError("refused"), {
      errors: Array.from({ length: 100 }, () => new Error(page)),
    }),
};

/** Where an error ends a run, a block or an attempt. */
const places: Readonly<Record<string, (ctx: WorkflowContext, fail: () => never) => Promise<unknown>>> = {
  step: (ctx, fail) => ctx.step("a", fail),
  workflow: async (_ctx, fail) => fail(),
  "attempts of a step": (ctx, fail) =>
    ctx.step({
      name: "a",
      maxRetries: 1,
      retryBackoffBase: 1,
      run: () => {
        try {
          fail();
        } catch (error) {
          throw Object.assign(new Error((error as Error).message), error);
        }
      },
    }),
  join: (ctx, fail) =>
    ctx.join(
      "j",
      Object.fromEntries([1, 2, 3].map((i) => [`b${i}`, { run: (inner) => inner.step("a", fail) }])),
    ),
  try: async (ctx, fail) => {
    const result = await ctx.try("t", (inner) =>
      inner.join("j", { b: { run: (deep) => deep.step("a", fail) } }),
    );
    if (!result.ok) throw result.failure.error;
  },
  rollback: async (ctx, fail) => {
    await ctx.rollbackCheckpoint("from here");
    await ctx.step({ name: "done", run: () => 1, rollback: fail });
    await ctx.step("a", fail);
  },
};

describe.each(Object.keys(large))("an error with %s", (what) => {
  it.each(Object.keys(places))("ends a %s where values are small, and is told in part", async (where) => {
    const lab = new EngineLab();
    const driver = memoryDriver({ clock: lab.clock, driverLimits: { valueBytes: VALUE_BYTES } });
    const fail = (): never => {
      throw large[what]?.();
    };
    const workflow = (ctx: WorkflowContext) => places[where]?.(ctx, fail);
    const first = await lab.failure(workflow, { driver, mode: "live" });
    expect(await lab.start(workflow, { driver }).getState()).toBe("failed");
    const again = await lab.failure(workflow, { driver, mode: "live" });
    expect([again.name, again.message, again.code]).toEqual([first.name, first.message, first.code]);
    expect(JSON.stringify([first.message, String(first.cause), first.stack])).toContain("refused");
  });
});

/** More than a call takes of arguments. */
const MANY = 200_000;

const many: Readonly<Record<string, () => Error>> = {
  "errors by the hundred thousand": () => new AggregateError(new Array(MANY).fill(new Error("one")), "all"),
  "bytes by the million in the place of errors": () =>
    Object.assign(new Error("all"), { errors: new Uint8Array(20 * MANY) }),
};

describe.each(Object.keys(many))("an error that gathers %s", (what) => {
  const fail = (): never => {
    throw many[what]?.();
  };

  it("fails a workflow, which can be recovered", async () => {
    const { clock, host } = virtualStore();
    let fails = true;
    const worker = await host({ workflows: [{ name: "all", run: () => (fails ? fail() : "mended") }] });
    const handle = await worker.start("all");
    await expect(clock.settle(handle.result())).rejects.toMatchObject({ message: "all" });
    fails = false;
    await handle.recover();
    expect(await clock.settle(handle.result())).toBe("mended");
  });

  it("fails a block", async () => {
    const failed = await new EngineLab().run((ctx) =>
      ctx.join("j", { b: { run: fail } }).catch(({ name, errors }) => [name, errors.b.message]),
    );
    expect(failed).toMatchObject({ output: ["JoinError", "all"] });
  });
});

it("a map of which no item succeeds ends, however many there are", async () => {
  const items = new Array(70_000).fill(0);
  const bad = new Error("bad");
  const failed = await new EngineLab().run((ctx) =>
    ctx
      .map("m", items, () => Promise.reject(bad), {
        concurrency: Infinity,
        toleratedFailures: items.length - 1,
      })
      .catch(({ name }) => name),
  );
  expect(failed).toMatchObject({ output: "MapError" });
});
