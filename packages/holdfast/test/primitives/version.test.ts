import { Loop } from "holdfast";
import { expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";
import { applyLaws, refuseBadCalls, wrongTypes } from "./apply-laws.ts";

applyLaws({ kind: "version", perform: (ctx, name) => ctx.getVersion(name, 3) });

refuseBadCalls(
  "getVersion",
  wrongTypes(
    "latest",
    [
      [0, "0 (number)"],
      [-1, "-1 (number)"],
      [1.5, "1.5 (number)"],
      [Number.NaN, "NaN (number)"],
      ["2", '"2" (string)'],
      [null, "null"],
      [undefined, "undefined"],
      [2 ** 53, "9007199254740992 (number)"],
    ],
    (v) => (ctx) => ctx.getVersion("op", v),
  ),
);

it("a gate that a rollback comes to without an answer is answered, and not recorded", async () => {
  const lab = new EngineLab();
  const undone: string[] = [];
  const workflow = async (ctx: WorkflowContext): Promise<void> => {
    await ctx.rollbackCheckpoint("checkpoint");
    await ctx.race("race", [
      {
        name: "quick",
        run: async (inner) => {
          await inner.sleep("sleep", 10);
          await inner.step("charge", () => 1, { rollback: () => void undone.push("charge") });
        },
      },
      {
        name: "slow",
        run: async (inner) => {
          await inner.getVersion("lost with its branch", 2);
          await inner.sleep("sleep", 60_000);
        },
      },
    ]);
    throw new Error("no");
  };
  const handle = lab.start(workflow, { mode: "live" });
  await lab.clock.settle(handle.result.catch(() => {}));
  expect(undone).toEqual(["charge"]);
  const ids = (await handle.history()).entries.map(({ id }) => id);
  expect(ids.toSorted()).toEqual(["checkpoint", "race", "race/~quick/charge", "race/~quick/sleep"]);
});

it("a gate that is put at the end of the items of a map fits runs in which later items have begun", async () => {
  const lab = new EngineLab();
  const done: string[] = [];
  const work =
    (gated: boolean) =>
    async (ctx: WorkflowContext): Promise<void> => {
      await ctx.map(
        "map",
        ["a", "b", "c"],
        async (inner, item) => {
          await inner.step("work", () => void done.push(item));
          if (item === "b") await inner.sleep("rest", "1h");
          if (gated && (await inner.getVersion("gate", 2)) === 2)
            await inner.step("more", () => void done.push(`more ${item}`));
        },
        { concurrency: 1 },
      );
    };
  await lab.run(work(false));
  expect((await lab.run(work(true))).state).toBe("sleeping");
  await lab.clock.advance(3_600_000);
  expect((await lab.run(work(true))).state).toBe("completed");
  expect(done).toEqual(["a", "b", "more b", "c", "more c"]);
});

it("a gate that is put at the end of a loop's body lets a rollback of older code come to all handlers", async () => {
  const lab = new EngineLab();
  const undone: string[] = [];
  let broken = true;
  const work =
    (gated: boolean) =>
    async (ctx: WorkflowContext): Promise<void> => {
      await ctx.rollbackCheckpoint("checkpoint");
      await ctx.loop({
        name: "loop",
        state: 0,
        run: async (inner, count) => {
          const undo = (): void => {
            if (broken) throw new Error("not now");
            undone.push(`undo ${count}`);
          };
          const rollback = { run: undo, maxRetries: 3, retryBackoffBase: "1h" };
          await inner.step({ name: "work", run: () => count, rollback });
          if (gated && (await inner.getVersion("gate", 2)) === 2) await inner.step("more", () => 1);
          return count === 2 ? Loop.break(count) : Loop.continue(count + 1);
        },
      });
      throw new Error("no");
    };
  await lab.outcome(work(false));
  broken = false;
  await lab.clock.advance(3_600_000);
  expect((await lab.failure(work(true))).message).toBe("no");
  expect(undone).toEqual(["undo 2", "undo 1", "undo 0"]);
});

it("a gate in a finished block lets a rollback come to the handlers behind it, though the code around has ended", async () => {
  const lab = new EngineLab();
  const undone: string[] = [];
  let broken = true;
  const step = (ctx: WorkflowContext, name: string): Promise<void> => {
    const undo = (): void => {
      if (broken) throw new Error("not now");
      undone.push(name);
    };
    const rollback = { run: undo, maxRetries: 3, retryBackoffBase: "1h" };
    return ctx.step({ name, run: () => {}, rollback });
  };
  const work =
    (gated: boolean) =>
    async (ctx: WorkflowContext): Promise<void> => {
      await ctx.rollbackCheckpoint("checkpoint");
      await ctx.try("try", async (outer) => {
        await outer.join("join", {
          branch: {
            run: async (inner) => {
              await step(inner, "one");
              if (gated && (await inner.getVersion("gate", 2)) === 2) await inner.step("more", () => 1);
              await step(inner, "two");
            },
          },
        });
        throw new Error("no");
      });
    };
  await lab.outcome(work(false));
  broken = false;
  await lab.clock.advance(3_600_000);
  expect((await lab.failure(work(true))).message).toBe("no");
  expect(undone).toEqual(["two", "one"]);
});

it("a gate that is put at the end of a loop's body fits runs in which later iterations have begun", async () => {
  const lab = new EngineLab();
  const done: string[] = [];
  const work =
    (gated: boolean) =>
    async (ctx: WorkflowContext): Promise<void> => {
      await ctx.rollbackCheckpoint("checkpoint");
      await ctx.loop({
        name: "loop",
        state: 0,
        historyPruneInterval: 10,
        historySize: 10,
        run: async (inner, count) => {
          await inner.step({ name: "work", run: () => void done.push(`${count}`), rollback: () => {} });
          if (count === 2) await inner.sleep("rest", "1h");
          if (gated && (await inner.getVersion("gate", 2)) === 2)
            await inner.step("more", () => void done.push(`more ${count}`));
          return count === 3 ? Loop.break(count) : Loop.continue(count + 1);
        },
      });
    };
  await lab.run(work(false));
  expect((await lab.run(work(true))).state).toBe("sleeping");
  await lab.clock.advance(3_600_000);
  expect((await lab.run(work(true))).state).toBe("completed");
  expect(done).toEqual(["0", "1", "2", "more 2", "3", "more 3"]);
});

it("a gate on one of two strands lets an older run hand over in the order in which it did", async () => {
  const lab = new EngineLab();
  const work =
    (gated: boolean) =>
    async (ctx: WorkflowContext): Promise<string> => {
      const strand = async (name: string, napMs: number, gate: boolean): Promise<string> => {
        await ctx.step(name, () => name);
        if (gate && (await ctx.getVersion("gate", 2)) === 2) await ctx.step("newer", () => {});
        await ctx.sleep(`nap of ${name}`, napMs);
        return name;
      };
      const first = await Promise.race([strand("quick", 10, gated), strand("slow", 20, false)]);
      await ctx.sleep(`after ${first}`, "1h");
      return first;
    };
  await lab.run(work(false));
  await lab.clock.advance(100);
  await lab.run(work(false));
  await lab.clock.advance(100);
  expect((await lab.run(work(true))).state).toBe("sleeping");
  const { storage } = lab;
  const { transactions } = storage.stats;
  expect((await lab.run(work(true))).state).toBe("sleeping");
  expect(storage.stats.transactions).toBe(transactions);
  await lab.clock.advance(3_600_000);
  expect((await lab.run(work(true))).output).toBe("quick");
});

it("a gate at the end of the items of a map knows of later ones also after a rewind to beside the map", async () => {
  const lab = new EngineLab();
  const done: string[] = [];
  const work =
    (gated: boolean) =>
    async (ctx: WorkflowContext): Promise<void> => {
      const step = (inner: WorkflowContext, name: string) => inner.step(name, () => void done.push(name));
      await ctx.join("join", {
        map: {
          run: (inner) =>
            inner.map(
              "map",
              ["a", "b"],
              async (item, name) => {
                await step(item, name);
                if (name === "b") {
                  await item.sleep("rest", "2h");
                  await step(item, "late");
                }
                if (gated && (await item.getVersion("gate", 2)) === 2) await step(item, `newer ${name}`);
              },
              { concurrency: 1 },
            ),
        },
        beside: {
          run: async (inner) => {
            await inner.sleep("rest", "1h");
            await step(inner, "beside");
          },
        },
      });
    };
  for (let pass = 0; pass < 3; pass++) {
    await lab.run(work(false));
    await lab.clock.advance(3_600_000);
  }
  const handle = lab.start(work(true), { mode: "live" });
  await lab.clock.settle(handle.result);
  await handle.rewind({ to: "join/~beside/beside" });
  await lab.clock.settle(handle.result);
  expect(done).toEqual(["a", "b", "beside", "late", "beside", "late", "newer b"]);
});

it.each(["evict", "pause"] as const)(
  "code that does not fit answers no gate for good where %s comes before that is told",
  async (wish) => {
    const lab = new EngineLab();
    const recorded = async (ctx: WorkflowContext): Promise<void> => {
      await ctx.step("work", () => {});
      await ctx.sleep("rest", "1h");
    };
    const other = async (ctx: WorkflowContext): Promise<void> => {
      await ctx.join("block", { inside: { run: (inner) => inner.getVersion("gate", 2) } });
      await ctx.sleep("another rest", "1h");
    };
    await lab.run(recorded);
    const { rows } = lab.storage.stats;
    const handle = lab.start(other, { mode: "live" });
    await lab.clock.advance(10);
    await lab.clock.settle(handle[wish]());
    expect(lab.storage.stats.rows).toBe(rows);
  },
);

it("a gate in front of a block is answered in its turn also where a rewind had the block asked for again", async () => {
  const lab = new EngineLab();
  const code = (gated: boolean) => async (ctx: WorkflowContext) => {
    await ctx.step("before", () => {});
    const order = [gated ? await ctx.getVersion("gate", 2) : 1];
    await ctx.try("try", async (inner) => {
      // Refused, since the checkpoint comes later.
      try {
        await inner.step({ name: "armed", run: () => {}, rollback: () => {} });
      } catch {
        order.push(0);
      }
      await inner.step("a", () => {});
      await inner.rollbackCheckpoint("checkpoint");
      await inner.sleep("nap", "1h");
    });
    return order;
  };
  const handle = lab.start(code(false), { mode: "live" });
  await lab.clock.advance(10);
  await lab.clock.settle(handle.rewind({ to: "try" }));
  await lab.clock.advance(10);
  await lab.clock.settle(handle.evict());
  const newer = lab.start(code(true), { mode: "live" });
  expect((await lab.clock.settle(newer.result)).output).toEqual([1, 0]);
});

it("gates that an older run is past in one turn are answered in the order of the code, in every replay", async () => {
  const lab = new EngineLab();
  const orders: string[] = [];
  const code = (gated: boolean) => async (ctx: WorkflowContext) => {
    const order: string[] = [];
    const strand = async (name: string, gate: boolean): Promise<void> => {
      if (gate) await ctx.getVersion(`gate of ${name}`, 2);
      order.push(name);
      await ctx.step(`step of ${name}`, () => {});
    };
    await ctx.step("first", () => {});
    await Promise.all([strand("x", false), ...["a", "b", "c", "d", "e"].map((name) => strand(name, gated))]);
    orders.push(order.join(""));
    await ctx.sleep("night", "1d");
  };
  await lab.run(code(false));
  for (let replay = 0; replay < 3; replay++) await lab.run(code(true));
  expect(orders).toEqual(["xabcde", "xabcde", "xabcde", "xabcde"]);
});

it("what newer code logs behind a gate at the end of what is recorded is logged, and once", async () => {
  const lab = new EngineLab();
  let newer = false;
  const workflow = async (ctx: WorkflowContext): Promise<void> => {
    await ctx.step("first", () => 1);
    ctx.log.info("before");
    if (!newer) return void (await ctx.step({ name: "dies", timeout: 0, run: () => new Promise(() => {}) }));
    const gated = async (inner: WorkflowContext): Promise<void> => {
      await inner.getVersion("gate", 2);
      inner.log.info("behind the gate");
    };
    await ctx.join("branches", { one: { run: gated }, other: { run: gated } });
    ctx.log.info("behind the block");
    await ctx.sleep("later", "1h");
  };
  const died = lab.start(workflow, { mode: "live" });
  await lab.clock.advance(1_000);
  await lab.clock.settle(died.evict());
  newer = true;
  await lab.run(workflow);
  await lab.clock.advance("1h");
  await lab.run(workflow);
  const said = lab.lines.filter(({ level }) => level === "info").map(({ message }) => message);
  expect(said).toEqual(["before", "behind the gate", "behind the gate", "behind the block"]);
});
