import { Loop } from "holdfast";
import { describe, expect, test } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { EngineLab } from "../engine-lab.ts";
import { applyLaws } from "./apply-laws.ts";

applyLaws({ kind: "rollback_checkpoint", perform: (ctx, name) => ctx.rollbackCheckpoint(name) });

/** Charges in one pass, waits, and fails in the next; `undo` is the handler of the charge, if there is one. */
function failing(undo: (() => void) | undefined) {
  return async (ctx: WorkflowContext): Promise<void> => {
    await ctx.rollbackCheckpoint("checkpoint");
    const charge = { name: "charge", run: () => "charged" };
    await ctx.step(undo === undefined ? charge : { ...charge, rollback: undo });
    await ctx.sleep("wait", 60_000);
    throw new Error("no stock");
  };
}

describe("a handler that a deploy adds", () => {
  test("undoes the step that was committed before the deploy", async () => {
    const lab = new EngineLab();
    const undone: string[] = [];
    await lab.run(failing(undefined));
    await lab.clock.advance(60_000);
    const error = await lab.failure(failing(() => undone.push("charge")));
    expect(error.message).toBe("no stock");
    expect(undone).toEqual(["charge"]);
  });

  test("keeps the start state of its loop iteration, so that a later pass can undo it", async () => {
    const lab = new EngineLab();
    const undone: string[] = [];
    const looping =
      (undo: boolean) =>
      async (ctx: WorkflowContext): Promise<void> => {
        await ctx.rollbackCheckpoint("checkpoint");
        await ctx.loop({
          name: "orders",
          state: "first",
          run: async (inner, state: string) => {
            const config = { name: "charge", run: () => state };
            await inner.step(
              undo ? { ...config, rollback: (_: unknown, charged: string) => undone.push(charged) } : config,
            );
            await inner.sleep("wait", 60_000);
            throw new Error("no stock");
          },
        });
      };
    await lab.run(looping(false));
    await lab.clock.advance(60_000);
    await lab.failure(looping(true));
    expect(undone).toEqual(["first"]);
  });

  /** Three steps, of which the last has a handler in newer code only; the first one's handler ends when `letGo` says so. */
  const three =
    (undone: string[], { newer, letGo }: { newer: boolean; letGo: Promise<void> }) =>
    async (ctx: WorkflowContext): Promise<void> => {
      await ctx.rollbackCheckpoint("checkpoint");
      const undo = (name: string) => (): void => void undone.push(name);
      await ctx.step({
        name: "first",
        run: () => 1,
        rollback: async () => {
          await letGo;
          undone.push("first");
        },
      });
      await ctx.step({ name: "second", run: () => 2, rollback: undo("second") });
      const third = { name: "third", run: () => 3 };
      await ctx.step(newer ? { ...third, rollback: undo("third") } : third);
      throw new Error("no stock");
    };
  const never = new Promise<void>(() => {});

  async function interrupted(lab: EngineLab, code: ReturnType<typeof three>): Promise<void> {
    const handle = lab.start(code);
    const ended = handle.result.catch(() => {});
    await lab.clock.advance(10);
    expect(await lab.clock.settle(handle.getState())).toBe("rolling_back");
    await lab.clock.settle(handle.evict());
    await lab.clock.settle(ended);
  }

  test("in the middle of a rollback comes too late: what is undone was decided when it began", async () => {
    const lab = new EngineLab();
    const undone: string[] = [];
    await interrupted(lab, three(undone, { newer: false, letGo: never }));
    await interrupted(lab, three(undone, { newer: true, letGo: never }));
    expect(undone).toEqual(["second"]);
    const error = await lab.failure(three(undone, { newer: false, letGo: Promise.resolve() }));
    expect(error.message).toBe("no stock");
    expect(undone).toEqual(["second", "first"]);
  });
});

test("handlers behind a version gate that older code has passed are found in loops inside of loops", async () => {
  const lab = new EngineLab();
  const undone: string[] = [];
  const looping =
    (gated: boolean) =>
    async (ctx: WorkflowContext): Promise<void> => {
      await ctx.rollbackCheckpoint("checkpoint");
      const rounds = (name: string, run: (inner: WorkflowContext, round: number) => Promise<void>) => ({
        name,
        state: 0,
        run: async (inner: WorkflowContext, round: number) => {
          await run(inner, round);
          return round === 1 ? Loop.break() : Loop.continue(round + 1);
        },
      });
      await ctx.loop(
        rounds("outer", (outer, i) =>
          outer.loop(
            rounds("inner", async (inner, j) => {
              if (gated) await inner.getVersion("newer", 2);
              await inner.step({
                name: "charge",
                run: () => `${i}${j}`,
                rollback: (_, charge) => void undone.push(charge),
              });
            }),
          ),
        ),
      );
      await ctx.sleep("wait", 60_000);
      throw new Error("no stock");
    };
  await lab.run(looping(false));
  await lab.clock.advance(60_000);
  expect((await lab.failure(looping(true))).message).toBe("no stock");
  expect(undone).toEqual(["11", "10", "01", "00"]);
});

describe("memoryBackoffMs", () => {
  test("lets a run park for every retry when it is 0", async () => {
    const lab = new EngineLab();
    let calls = 0;
    const flaky = (ctx: WorkflowContext): Promise<number> =>
      ctx.step("flaky", () => {
        calls += 1;
        if (calls === 1) throw new Error("not yet");
        return calls;
      });
    const parked = await lab.run(flaky, { limits: { memoryBackoffMs: 0 } });
    expect(parked.state).toBe("sleeping");
    expect(parked.sleepUntil).toBe(lab.clock.now() + 100);
    await lab.clock.advance(100);
    expect(await lab.run(flaky)).toMatchObject({ state: "completed", output: 2 });
  });
});

test("what a handler logs with the context of its workflow is logged, and what is replayed for it is not", async () => {
  const lab = new EngineLab();
  await lab.failure(async (ctx: WorkflowContext) => {
    await ctx.rollbackCheckpoint("checkpoint");
    await ctx.step({
      name: "charge",
      run: () => 1,
      rollback: async ({ log }) => {
        ctx.log.info("undoing");
        log.info("still at it");
        await Promise.resolve();
        ctx.log.info("undone");
      },
    });
    ctx.log.info("charged");
    throw new Error("no stock");
  });
  const said = lab.lines.map(({ message }) => message).filter((message) => !message.startsWith("run failed"));
  expect(said).toEqual(["charged", "undoing", "still at it", "undone"]);
});

test("a handler is shown why the run rolls back, whatever another one has done to it", async () => {
  const lab = new EngineLab();
  const shown: string[] = [];
  const error = await lab.failure(async (ctx: WorkflowContext) => {
    await ctx.rollbackCheckpoint("checkpoint");
    for (const name of ["first", "second"]) {
      await ctx.step({
        name,
        run: () => 1,
        rollback: ({ error, attempt }) => {
          shown.push((error as Error).message);
          (error as Error).message = "something else";
          if (attempt === 1) throw new Error("not yet");
        },
      });
    }
    throw new Error("no stock");
  });
  expect(shown).toEqual(Array(4).fill("no stock"));
  expect(error.message).toBe("no stock");
});
