import { defineWorkflow, type Schema, type Workflow, type WorkflowContext } from "holdfast";
import { beforeEach, describe, expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";

let lab: EngineLab;
let applied: number;
beforeEach(() => {
  lab = new EngineLab();
  applied = 0;
});

/** A schema that takes numbers and gives something else, and never the same twice. */
const counting: Schema<unknown, string> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async (value) => {
      applied += 1;
      if (typeof value === "number") return { value: `${value} at ${applied}` };
      return { issues: [{ message: "not a number" }] };
    },
  },
};

/** A schema that refuses everything, as newer code may. */
const refusing: Schema<unknown, string> = {
  "~standard": { version: 1, vendor: "test", validate: () => ({ issues: [{ message: "never" }] }) },
};

type Program = Workflow<never, string, never, never>;

/** A workflow that takes messages of the name `n`. */
const program = (
  schema: Schema<unknown, string>,
  run: (ctx: WorkflowContext<{ readonly n: string }>) => Promise<string>,
): Program =>
  defineWorkflow({
    name: "w",
    messages: { n: schema },
    run,
  }) as unknown as Program;

const receive = (schema: Schema<unknown, string>) =>
  program(schema, async (ctx) => {
    const { body } = await ctx.queue.next("wait", { names: ["n"] });
    await ctx.sleep("nap", "1h");
    return body;
  });

const workflow = receive(counting);

describe("a message's schema", () => {
  it("is applied once by the receiver, to what was sent, and what it gave is what every replay gives", async () => {
    await lab.run(workflow);
    await lab.start(workflow).send("n", 7);
    await lab.clock.runUntilIdle();
    expect((await lab.run(workflow)).state).toBe("sleeping");
    // Once for the sender, who is told at once of what does not fit.
    expect(applied).toBe(2);
    await lab.clock.advance(3_600_000);
    expect((await lab.run(workflow)).output).toBe("7 at 2");
    expect(applied).toBe(2);
  });

  it("of newer code says nothing about messages that were received before", async () => {
    await lab.run(workflow);
    const second = lab.start(workflow);
    await second.send("n", 7);
    await lab.clock.settle(second.result);
    await lab.clock.advance(3_600_000);
    expect((await lab.run(receive(refusing))).output).toBe("7 at 2");
  });

  it("is applied to what a sender who does not know it has sent", async () => {
    const sender = program(counting, async (ctx) => {
      await ctx.queue.send("n", 5);
      return (await ctx.queue.next("wait", { names: ["n"] })).body;
    });
    expect((await lab.run(sender)).output).toBe("5 at 1");
  });

  it("that refuses a message fails its wait, also in replay by code that would take it", async () => {
    const waiting = (schema: Schema<unknown, string>) =>
      program(schema, async (ctx) => {
        await ctx.queue.send("n", "no number");
        const got = await ctx.queue.next("wait", { names: ["n"] }).catch((error) => error.code);
        await ctx.sleep("nap", "1h");
        return got;
      });
    const numbers = waiting(counting);
    const anything: Schema<unknown, string> = {
      "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: String(value) }) },
    };
    await lab.run(numbers);
    expect(applied).toBe(1);
    await lab.clock.advance(3_600_000);
    expect((await lab.run(waiting(anything))).output).toBe("VALIDATION");
  });

  it("is not applied again to what a rewind queues again", async () => {
    const handle = lab.start(workflow, { mode: "live" });
    await handle.send("n", 7);
    expect((await lab.clock.settle(handle.result)).output).toBe("7 at 2");
    await handle.rewind({ to: "wait" });
    expect((await lab.clock.settle(handle.result)).output).toBe("7 at 2");
    expect(applied).toBe(2);
  });

  it("of better code is applied to a message that was refused, when the run is taken back to its wait", async () => {
    const sending = (schema: Schema<unknown, string>) =>
      program(schema, async (ctx) => {
        await ctx.queue.send("n", 7);
        return (await ctx.queue.next("wait", { names: ["n"] })).body;
      });
    expect(await lab.failure(sending(refusing))).toMatchObject({ code: "VALIDATION" });
    const better = lab.start(sending(counting), { mode: "live" });
    await better.rewind({ to: "wait" });
    expect((await lab.clock.settle(better.result)).output).toBe("7 at 1");
  });

  it("that refuses one of a batch fails the wait that takes it, and no other message is lost with it", async () => {
    const batches = program(counting, async (ctx) => {
      for (const body of [1, "no number", 2, 3]) await ctx.queue.send("n", body);
      const got: string[] = [];
      for (const wait of ["a", "b", "c"]) {
        const batch = ctx.queue.nextBatch(wait, { names: ["n"], count: 10, timeout: 0 });
        got.push(
          await batch.then(
            (all) => all.map(({ body }) => body[0]).join(),
            (error) => error.code,
          ),
        );
      }
      return got.join(" ");
    });
    expect((await lab.run(batches, { mode: "live" })).output).toBe("1 VALIDATION 2,3");
  });
});
