import { beforeEach, describe, expect, it, vi } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { Loop } from "../../src/model/loop.ts";
import { EngineLab } from "../engine-lab.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** The error that a promise rejects with. */
async function rejection(promise: Promise<unknown>): Promise<Error & { code: string }> {
  return lab.clock.settle(
    promise.then(
      () => {
        throw new Error("It was fulfilled.");
      },
      (error: unknown) => error as Error & { code: string },
    ),
  );
}

/** A body that fails as long as it is told to. */
function breakable() {
  const state = { broken: true };
  const body = vi.fn(() => {
    if (state.broken) throw new Error("down");
    return "charged";
  });
  return { state, body };
}

describe("recover of a run whose code did something about the failure", () => {
  it("goes on without what only the failure had led to", async () => {
    const { state, body } = breakable();
    const tell = vi.fn(() => "told");
    const workflow = async (ctx: WorkflowContext) => {
      try {
        return await ctx.step({ name: "charge", maxRetries: 0, run: body });
      } catch (error) {
        await ctx.step("tell", tell);
        throw error;
      }
    };
    const handle = lab.start(workflow);
    expect((await rejection(handle.result)).code).toBe("STEP_EXHAUSTED");
    state.broken = false;
    await lab.clock.settle(handle.recover());
    expect((await lab.clock.settle(handle.result)).output).toBe("charged");
    expect(tell).toHaveBeenCalledTimes(1);
  });

  it("gives what is recorded where the code comes there again, and runs nothing twice", async () => {
    const { state, body } = breakable();
    const tell = vi.fn(() => "told");
    const seen: string[] = [];
    const workflow = async (ctx: WorkflowContext) => {
      try {
        return await ctx.step({ name: "charge", maxRetries: 0, run: body });
      } catch (error) {
        seen.push(await ctx.step("tell", tell));
        throw error;
      }
    };
    const handle = lab.start(workflow);
    await rejection(handle.result);
    await lab.clock.settle(handle.recover());
    await rejection(handle.result);
    expect(body).toHaveBeenCalledTimes(2);
    expect(tell).toHaveBeenCalledTimes(1);
    expect(seen).toEqual(["told", "told"]);
    state.broken = false;
    await lab.clock.settle(handle.recover());
    expect((await lab.clock.settle(handle.result)).output).toBe("charged");
  });

  it("lets the items of a map that came after a failed one come again in their turn", async () => {
    const { state, body } = breakable();
    const later = vi.fn(() => "fine");
    const workflow = (ctx: WorkflowContext) =>
      ctx.map(
        "items",
        [0, 1, 2],
        (item, index) => item.step({ name: "work", maxRetries: 0, run: index === 1 ? later : body }),
        { concurrency: 1, toleratedFailures: 1 },
      );
    const handle = lab.start(workflow);
    expect((await rejection(handle.result)).code).toBe("MAP");
    state.broken = false;
    await lab.clock.settle(handle.recover());
    expect((await lab.clock.settle(handle.result)).output).toEqual(["charged", "fine", "charged"]);
    expect(later).toHaveBeenCalledTimes(1);
  });

  it.each<[string, (error: unknown) => unknown]>([
    ["as it is", (error) => error],
    ["as the cause of its own", (cause) => new Error("the code says no", { cause })],
    ["by an error of its own", () => new Error("the code says no")],
  ])("does a try again whose failure the code throws %s", async (_, thrown) => {
    const { state, body } = breakable();
    const before = vi.fn(() => "before");
    const workflow = async (ctx: WorkflowContext) => {
      const tried = await ctx.try("block", async (inner) => {
        await inner.step("before", before);
        return (
          await inner.join("both", { a: { run: (a) => a.step({ name: "s", maxRetries: 0, run: body }) } })
        ).a;
      });
      if (!tried.ok) throw thrown(tried.failure.error);
      return tried.value;
    };
    const handle = lab.start(workflow);
    await rejection(handle.result);
    state.broken = false;
    await lab.clock.settle(handle.recover());
    expect((await lab.clock.settle(handle.result)).output).toBe("charged");
    expect(before).toHaveBeenCalledTimes(1);
    expect(body).toHaveBeenCalledTimes(2);
  });

  it("still finds code that no longer asks for what came before the failure", async () => {
    const { body } = breakable();
    const first = async (ctx: WorkflowContext) => {
      await ctx.step("before", () => 1);
      return ctx.step({ name: "charge", maxRetries: 0, run: body });
    };
    const second = (ctx: WorkflowContext) => ctx.step("other", () => 2);
    await rejection(lab.start(first).result);
    const changed = lab.start(second);
    await rejection(changed.result);
    await lab.clock.settle(changed.recover());
    expect((await rejection(changed.result)).code).toBe("HISTORY_DIVERGED");
  });
});

describe("a wait whose messages its code never saw", () => {
  it("is as it was when the run failed: its messages are queued, its deadline stands", async () => {
    const waitUntil = async () => (await handle.history()).entries.find(({ id }) => id === "late")?.dueAt;
    const workflow = async (ctx: WorkflowContext) => {
      const early = ctx.listen("early", "first");
      const late = ctx.listenWithTimeout("late", "second", 60_000);
      await early;
      if (state.broken) throw new Error("down");
      return late;
    };
    const { state } = breakable();
    const handle = lab.start(workflow, { mode: "live" });
    await lab.clock.runUntilIdle();
    const dueAt = await waitUntil();
    expect(dueAt).toBe(lab.clock.now() + 60_000);
    // Both come at once; the code is handed the first, and fails.
    await Promise.all([handle.send("first", 1), handle.send("second", 2)]);
    expect((await rejection(handle.result)).message).toBe("down");
    expect(await waitUntil()).toBe(dueAt);
    state.broken = false;
    await lab.clock.settle(handle.recover());
    expect((await lab.clock.settle(handle.result)).output).toBe(2);
  });
});

describe("a block whose value could not be stored", () => {
  it.each([
    [
      "a loop",
      async (ctx: WorkflowContext, value: () => unknown, body: () => void) =>
        ctx.loop("block", async (inner) => {
          await inner.step("s", body);
          return Loop.break(value());
        }),
    ],
    [
      "a race",
      async (ctx: WorkflowContext, value: () => unknown, body: () => void) => {
        const won = await ctx.race("block", [
          { name: "slow", run: (inner) => inner.step("s", body).then(() => inner.sleep("z", 1_000)) },
          { name: "quick", run: (inner) => inner.sleep("z", 100).then(value) },
        ]);
        return won.value;
      },
    ],
  ])("runs no body again: %s", async (_what, block) => {
    let value: unknown = () => {};
    const body = vi.fn(() => {});
    const workflow = (ctx: WorkflowContext) => block(ctx, () => value, body);
    const handle = lab.start(workflow, { mode: "live" });
    expect((await rejection(handle.result)).code).toBe("UNSERIALIZABLE_VALUE");
    value = "plain";
    await lab.clock.settle(handle.recover());
    expect((await lab.clock.settle(handle.result)).output).toBe("plain");
    expect(body).toHaveBeenCalledTimes(1);
  });
});
