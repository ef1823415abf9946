import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { defaultCodec, Loop } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../src/model/context.ts";
import { EngineLab } from "./engine-lab.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** How many of the objects are still in memory after what can be collected was. */
async function kept(objects: readonly WeakRef<object>[]): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    collect();
  }
  return objects.filter((object) => object.deref() !== undefined).length;
}

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

describe("memory of a run that goes on", () => {
  it("keeps no waits that ended before their timeouts while an earlier timer waits", async () => {
    const iterations: WeakRef<object>[] = [];
    let keptInside = Number.NaN;
    const work = (branch: WorkflowContext) =>
      branch.loop<number, number>({
        name: "work",
        state: 0,
        run: async (ctx, iteration) => {
          iterations.push(new WeakRef(ctx));
          await ctx.step("send", async () => {
            await handle.send("item", iteration);
            if (iteration === 199) keptInside = await kept(iterations);
          });
          await ctx.listenWithTimeout("item", "item", 30 * 86_400_000);
          return iteration === 199 ? Loop.break(iteration) : Loop.continue(iteration + 1);
        },
      });
    const handle = lab.start(
      (ctx: WorkflowContext) =>
        ctx.race("within", [
          { name: "work", run: work },
          { name: "deadline", run: (branch) => branch.sleep("deadline", "10d") },
        ]),
      { mode: "live" },
    );
    await lab.clock.settle(handle.result);
    expect(iterations).toHaveLength(200);
    expect(keptInside).toBeLessThan(20);
  });

  it("keeps nothing of requests that were answered", async () => {
    const answers: WeakRef<object>[] = [];
    const codec = {
      encode: (value: unknown, what: string) => defaultCodec.encode(value, what),
      decode: (bytes: Uint8Array) => {
        answers.push(new WeakRef(bytes));
        return defaultCodec.decode(bytes);
      },
    };
    const handle = lab.start(
      (ctx: WorkflowContext) =>
        ctx.loop({
          name: "serve",
          historyPruneInterval: 1,
          historySize: 0,
          run: async (inner) => {
            const question = await inner.queue.next("question", { names: ["question"], completable: true });
            await question.complete(question.body);
          },
        }),
      { mode: "live", codec },
    );
    for (let n = 0; n < 50; n++) expect(await lab.clock.settle(handle.request("question", n))).toBe(n);
    expect(answers.length).toBeGreaterThanOrEqual(50);
    expect(await kept(answers)).toBeLessThan(10);
  });
});
