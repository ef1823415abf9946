import type { WorkflowContext } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { Gate } from "../host/host-on-virtual-clock.ts";
import { interceptedStore } from "../host/intercepted-store.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** Runs the workflow; a promise of its code's own settles while the commit with the send is under way. */
async function settledDuringSend(workflow: (ctx: WorkflowContext, own: Promise<void>) => Promise<unknown>) {
  const own = new Gate();
  const driver = interceptedStore(lab.storage, async (method, go) => {
    if (method === "commit" && lab.events.some(({ type }) => type === "message-out")) {
      own.open();
      for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
    }
    return go();
  });
  const handle = lab.start((ctx: WorkflowContext) => workflow(ctx, own.passed), { driver });
  await lab.clock.settle(handle.result);
  return handle.history();
}

describe("what is removed while a commit is under way that is refused", () => {
  it.each([
    ["new", 0],
    ["there before", 1],
  ])("leaves a sound history behind, where its rows are %s", async (_, failures) => {
    const history = await settledDuringSend(async (ctx, own) => {
      const together = new Gate();
      const sends = async () => {
        await ctx.step("beside", () => together.passed);
        await ctx.queue.send("m", 1, { to: "nobody" }).catch(() => {});
      };
      const body = ({ attempt }: { attempt: number }) => {
        if (attempt <= failures) throw new Error("again");
        together.open();
      };
      const decided = ctx.race("race", [
        { name: "winner", run: () => own },
        {
          name: "loser",
          run: async (inner) => {
            await inner.step("work", body);
            await inner.sleep("rest", "1h");
          },
        },
      ]);
      await Promise.all([sends(), decided]);
      await ctx.sleep("park", "1h");
    });
    expect(history.entries.map(({ id, status }) => [id, status])).toEqual(
      expect.arrayContaining([
        ["race", "completed"],
        [">m/[0]", "failed"],
        ["park", "pending"],
      ]),
    );
  });
});

it("many sends that are refused at once hold no run on a storage that takes little at once", async () => {
  const driver = memoryDriver({
    workflowId: "run",
    clock: lab.clock,
    driverLimits: { valueBytes: 4_096, batchBytes: 8_192, batchRows: 64 },
  });
  const workflow = async (ctx: WorkflowContext) => {
    const sends = Array.from({ length: 20 }, (_, n) => ctx.queue.send("m", n, { to: "nobody" }));
    const sent = await Promise.allSettled(sends);
    return sent.filter(({ status }) => status === "rejected").length;
  };
  expect((await lab.run(workflow, { driver })).output).toBe(20);
});

it("what is sent while a commit is under way that is refused leaves with its record: a process that died then sent it twice", async () => {
  const own = new Gate();
  const death = new Gate();
  let commits = 0;
  const dies = interceptedStore(lab.storage, async (method, go) => {
    if (method !== "commit") return go();
    commits += 1;
    own.open();
    for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
    const done = await go();
    if (commits < 2) return done;
    death.open();
    return new Promise(() => {});
  });
  const workflow = async (ctx: WorkflowContext) => {
    const refused = ctx.queue.send("m", 1, { to: "nobody" }).catch(() => {});
    const sent = own.passed.then(() => ctx.queue.send("other", 2));
    await Promise.all([refused, sent]);
    await ctx.sleep("park", "1h");
  };
  lab.start(workflow, { driver: dies });
  await death.passed;
  await lab.run(workflow);
  expect(await lab.storage.peekMessages(["other"], 10)).toHaveLength(1);
});
