import { Loop, type WorkflowContext } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";

let lab: EngineLab;
let broken: boolean;
/** What `now()` said at the beginning of each iteration, in milliseconds since the run began. */
let begun: Map<number, Set<number>>;
beforeEach(() => {
  lab = new EngineLab();
  broken = true;
  begun = new Map();
});

async function rounds(ctx: WorkflowContext): Promise<void> {
  const startedAt = ctx.now();
  await ctx.sleep("before", 500);
  await ctx.loop({
    name: "rounds",
    state: 0,
    run: async (inner, at: number) => {
      begun.set(at, (begun.get(at) ?? new Set()).add(inner.now() - startedAt));
      await inner.sleep("nap", 1_000);
      await inner.step({
        name: "work",
        maxRetries: 0,
        run: () => {
          if (at === 2 && broken) throw new Error("broken");
        },
      });
      return at === 3 ? Loop.break() : Loop.continue(at + 1);
    },
  });
}

const once = new Map([0, 1, 2, 3].map((at) => [at, new Set([500 + at * 1_000])]));

describe("an iteration that is run again begins at the time at which it began", () => {
  it("after recover", async () => {
    const handle = lab.start(rounds, { mode: "live" });
    await expect(lab.clock.settle(handle.result)).rejects.toThrow("broken");
    broken = false;
    await lab.clock.advance(60_000);
    await handle.recover();
    await lab.clock.settle(handle.result);
    expect(begun).toEqual(new Map([...once, [3, new Set([63_500])]]));
  });

  it("after a rewind into a loop that has failed, or has ended", async () => {
    const handle = lab.start(rounds, { mode: "live" });
    await expect(lab.clock.settle(handle.result)).rejects.toThrow("broken");
    broken = false;
    await handle.rewind({ to: "rounds/#2/work" });
    await lab.clock.settle(handle.result);
    await handle.rewind({ to: "rounds/#3/work" });
    await lab.clock.settle(handle.result);
    expect(begun).toEqual(once);
  });
});
