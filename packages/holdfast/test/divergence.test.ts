import { Loop } from "holdfast";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { WorkflowContext } from "../src/model/context.ts";
import { HistoryDivergedError } from "../src/model/errors/history-errors.ts";
import { EngineLab } from "./engine-lab.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

type Code = (ctx: WorkflowContext) => Promise<unknown>;
const rest = (ctx: WorkflowContext): Promise<void> => ctx.sleep("rest", "1h");
const body = vi.fn(() => 1);

/** What a run was recorded with, the code that comes after, and what the error must name. */
const changes: readonly {
  readonly what: string;
  readonly before: Code;
  readonly after: Code;
  readonly names: readonly string[];
}[] = [
  {
    what: "a finished step is removed",
    before: async (ctx) => {
      await ctx.step("charge", () => 1);
      await rest(ctx);
    },
    after: async (ctx) => {
      await rest(ctx);
      await ctx.step("new", body);
    },
    names: ["charge", "step"],
  },
  {
    what: "a finished step is renamed",
    before: async (ctx) => {
      await ctx.step("charge", () => 1);
      await rest(ctx);
    },
    after: async (ctx) => {
      await ctx.step("charge card", body);
      await rest(ctx);
    },
    names: ["charge", "step"],
  },
  {
    what: "the wait that the run is parked on is renamed",
    before: async (ctx) => {
      await ctx.step("charge", () => 1);
      await rest(ctx);
    },
    after: async (ctx) => {
      await ctx.step("charge", body);
      await ctx.sleep("other rest", "1h");
    },
    names: ["rest", "sleep"],
  },
  {
    what: "a step is put behind the wait that the run is parked on",
    before: async (ctx) => {
      await ctx.step("charge", () => 1);
      await rest(ctx);
    },
    after: async (ctx) => {
      await rest(ctx);
      await ctx.step("charge", body);
    },
    names: ["charge", "step"],
  },
  {
    what: "a new step is put before the wait that the run is parked on",
    before: async (ctx) => {
      await ctx.step("charge", () => 1);
      await rest(ctx);
    },
    after: async (ctx) => {
      await ctx.step("charge", () => 1);
      await ctx.step("new", body);
      await rest(ctx);
    },
    names: ["rest", "sleep"],
  },
  {
    what: "a step becomes a sleep",
    before: async (ctx) => {
      await ctx.step("charge", () => 1);
      await rest(ctx);
    },
    after: async (ctx) => {
      await ctx.sleep("charge", 1);
      await rest(ctx);
    },
    names: ["charge", "step", "sleep"],
  },
  {
    what: "a sleep becomes a loop",
    before: async (ctx) => rest(ctx),
    after: async (ctx) =>
      ctx.loop("rest", async (inner) => {
        await inner.step("x", body);
        return Loop.break();
      }),
    names: ["rest", "sleep", "loop"],
  },
  {
    what: "a join becomes a race",
    before: async (ctx) => ctx.join("both", { a: { run: rest } }),
    after: async (ctx) => ctx.race("both", [{ name: "a", run: rest }]),
    names: ["both", "join", "race"],
  },
  {
    what: "a branch of an unfinished join is removed",
    before: async (ctx) => ctx.join("both", { a: { run: (b) => b.step("work", () => 1) }, b: { run: rest } }),
    after: async (ctx) =>
      ctx.join("both", {
        b: {
          run: async (b) => {
            await rest(b);
            await b.step("new", body);
          },
        },
      }),
    names: ["both", "a"],
  },
  {
    what: "a step in an unfinished loop is renamed",
    before: async (ctx) =>
      ctx.loop("l", async (inner) => {
        await inner.step("work", () => 1);
        await rest(inner);
      }),
    after: async (ctx) =>
      ctx.loop("l", async (inner) => {
        await inner.step("other work", body);
        await rest(inner);
      }),
    names: ["l/#0/work", "step"],
  },
  {
    what: "a step in an unfinished try is removed",
    before: async (ctx) =>
      ctx.try("t", async (inner) => {
        await inner.step("work", () => 1);
        await rest(inner);
      }),
    after: async (ctx) =>
      ctx.try("t", async (inner) => {
        await rest(inner);
        await inner.step("new", body);
      }),
    names: ["t/work", "step"],
  },
  {
    what: "an unfinished map has fewer items",
    before: async (ctx) => ctx.map("m", [1, 2], rest),
    after: async (ctx) =>
      ctx.map("m", [1], async (item) => {
        await rest(item);
        await item.step("new", body);
      }),
    names: ["m", "2", "1"],
  },
  {
    what: "the code ends instead of waiting",
    before: async (ctx) => rest(ctx),
    after: async () => "ended",
    names: ["rest", "sleep"],
  },
  {
    what: "the code fails instead of waiting",
    before: async (ctx) => rest(ctx),
    after: async () => {
      throw new Error("early");
    },
    names: ["rest", "sleep"],
  },
  {
    what: "a message wait becomes a send",
    before: async (ctx) => ctx.queue.next("m", { names: ["m"] }),
    after: async (ctx) => {
      await ctx.queue.send("m", 1);
      await ctx.step("new", body);
    },
    names: ["m", "message"],
  },
  {
    what: "a message that was sent is sent no more",
    before: async (ctx) => {
      await ctx.queue.send("hello", 1);
      await rest(ctx);
    },
    after: async (ctx) => {
      await rest(ctx);
      await ctx.step("new", body);
    },
    names: ["hello", "send"],
  },
  {
    what: "the checkpoint is removed",
    before: async (ctx) => {
      await ctx.rollbackCheckpoint("here");
      await rest(ctx);
    },
    after: async (ctx) => {
      await rest(ctx);
      await ctx.step("new", body);
    },
    names: ["here", "checkpoint"],
  },
  {
    what: "a version gate is removed",
    before: async (ctx) => {
      await ctx.getVersion("gate", 2);
      await rest(ctx);
    },
    after: async (ctx) => {
      await rest(ctx);
      await ctx.step("new", body);
    },
    names: ["gate", "version"],
  },
];

describe("a parked run whose code has changed", () => {
  it.each(changes)("is paused before any new body runs when $what", async ({ before, after, names }) => {
    expect((await lab.run(before)).state).toBe("sleeping");
    const rows = lab.storage.stats.rows;
    await lab.clock.advance("2h".length * 3_600_000);
    body.mockClear();

    const error = await lab.failure(after);

    expect(error).toBeInstanceOf(HistoryDivergedError);
    for (const name of names) expect(error.message).toContain(name);
    expect(error.message).toMatch(/removed\(|getVersion\(/);
    expect(error.message).toContain("resume()");
    expect(body).not.toHaveBeenCalled();
    expect(lab.storage.stats.rows).toBe(rows + 1);
    expect(await lab.start(before).getState()).toBe("paused");
  });

  it.each(changes)(
    "goes on when the old code is back and it is resumed, after $what",
    async ({ before, after }) => {
      await lab.run(before);
      const rows = lab.storage.stats.rows;
      await lab.failure(after);
      const handle = lab.start(before);
      await handle.result.catch(() => {});
      await handle.resume();
      expect((await lab.clock.settle(handle.result)).state).toBe("sleeping");
      expect(lab.storage.stats.rows).toBe(rows);
    },
  );

  it("stays paused, with the same reason, however often it is run", async () => {
    await lab.run(async (ctx: WorkflowContext) => {
      await ctx.step("charge", () => 1);
      await rest(ctx);
    });
    const first = await lab.failure(rest);
    const bytes = lab.bytes();
    const second = await lab.failure(rest);
    expect(second.message).toBe(first.message);
    expect(lab.bytes()).toBe(bytes);
  });
});

describe("changes that fit", () => {
  it("removed keeps the place of a finished step, in its turn", async () => {
    await lab.run(async (ctx: WorkflowContext) => {
      await ctx.step("charge", () => 1);
      await rest(ctx);
    });
    await lab.clock.advance(3_600_000);
    const result = await lab.run(async (ctx: WorkflowContext) => {
      await ctx.removed("charge", "step");
      await rest(ctx);
      return ctx.step("new", () => "new");
    });
    expect(result.output).toBe("new");
  });

  it("a getVersion pins the run to 1 where it has gone on without, and to the latest where it is new", async () => {
    await lab.run(async (ctx: WorkflowContext) => {
      await ctx.step("old", () => 1);
      await rest(ctx);
    });
    await lab.clock.advance(3_600_000);
    const result = await lab.run(async (ctx: WorkflowContext) => {
      const first = await ctx.getVersion("first", 2);
      if (first === 1) await ctx.step("old", () => 1);
      else await ctx.step("newer", () => 2);
      await rest(ctx);
      return [first, await ctx.getVersion("second", 5)];
    });
    expect(result.output).toEqual([1, 5]);
  });
});
