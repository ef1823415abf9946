import { beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { RequestTimeoutError, RunFinishedError } from "../../src/model/errors/run-errors.ts";
import { EngineLab } from "../engine-lab.ts";

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

const patient = async (ctx: WorkflowContext) => {
  await ctx.queue.next("wait", { names: ["go"] });
  return ctx.step("work", () => "done");
};

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await null;
}

const restless = async (ctx: WorkflowContext) => {
  await ctx.queue.next("wait", { names: ["go"] });
  await ctx.step("work", () => "done");
  await ctx.sleep("rest", "1h");
};

describe("what is asked of a parked run while its next pass begins", () => {
  const ends = { cancel: "cancelled", pause: "paused", resume: "sleeping", rewind: "sleeping" } as const;

  it.each(Object.keys(ends) as (keyof typeof ends)[])(
    "%s is done before the pass or by it, never refused",
    async (ask) => {
      // Who comes first is decided by a few microtasks: every interleaving of the two is tried.
      for (let lead = -40; lead <= 40; lead++) {
        lab = new EngineLab();
        const handle = lab.start(restless);
        await lab.clock.settle(handle.result);
        if (ask !== "rewind") await handle.send("go");
        const options = ask === "rewind" ? { to: "wait" } : undefined;
        const asked = microtasks(lead).then(() =>
          (handle[ask] as (given?: unknown) => Promise<unknown>)(options),
        );
        const woken = microtasks(-lead).then(() => handle.wake());
        await lab.clock.settle(Promise.all([asked, woken]));
        const ended = await lab.clock.settle(handle.result.catch((error: unknown) => error));
        if (ask !== "pause") expect(ended).not.toBeInstanceOf(Error);
        expect(await lab.clock.settle(handle.getState())).toBe(ends[ask]);
      }
    },
  );
});

describe("a request to a parked run", () => {
  it("ends with a later pass that ends the run without an answer", async () => {
    const handle = lab.start(patient);
    await lab.clock.settle(handle.result);
    const answer = handle.request("go", null, { timeout: "1h" }).catch((error: unknown) => error);
    await lab.clock.advance(1);
    await handle.wake();
    await lab.clock.settle(handle.result);
    const error = await lab.clock.settle(answer);
    expect(error).not.toBeInstanceOf(RequestTimeoutError);
    expect(error).toBeInstanceOf(RunFinishedError);
  });
});
