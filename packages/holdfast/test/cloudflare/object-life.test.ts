import { beforeEach, describe, expect, test } from "vitest";
import { WorkflowConflictError } from "../../src/index.ts";
import type { WorkflowContext } from "../../src/model/context.ts";
import type { ObjectWorkflowHandle } from "../../src/objects/object-handle.ts";
import type { FakeObjects } from "./fake-objects.ts";
import { ObjectLab } from "./object-lab.ts";

let lab: ObjectLab;
beforeEach(() => {
  lab = new ObjectLab();
});

const asker = async (ctx: WorkflowContext) => {
  const question = await ctx.queue.next("wait", { names: ["question"], completable: true });
  await ctx.step("look up", () => lab.log.push("look up"));
  await question.complete({ asked: question.body });
  await ctx.listen("for the end", "end");
  return "answered";
};

describe("an object that is a run", () => {
  test("runs to its end across a sleep, though nothing of it stays in memory", async () => {
    const { objects, client } = lab.objectsOf(lab.sleeper);
    const handle = await client.start({ workflowId: "one", input: { n: 2 } });
    await lab.clock.advance(0);
    expect(await handle.getState()).toBe("sleeping");
    objects.object("one").kill();
    expect(await lab.clock.settle(handle.result())).toEqual({ sum: 3 });
    expect(lab.log).toEqual(["a", "b"]);
    expect(objects.object("one").lives).toBe(2);
    expect(objects.object("one").disk.alarm).toBeNull();
  });

  test("is started once, however often and by however many it is asked for", async () => {
    const { objects, client } = lab.objectsOf(lab.sleeper);
    const starts = Array.from({ length: 20 }, () => objects.get("one").start?.({ n: 2 }));
    const outcomes = (await Promise.all(starts)) as { created: boolean }[];
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    expect(outcomes[0]).toEqual({ workflowId: "one", created: true });
    const handle = await client.start({ workflowId: "one", input: { n: 2 } });
    await lab.clock.settle(handle.result());
    await client.start({ workflowId: "one", input: { n: 2 } });
    expect(lab.log).toEqual(["a", "b"]);
    const error = await lab.rejection(client.start({ workflowId: "one", input: { n: 3 } }));
    expect(error).toBeInstanceOf(WorkflowConflictError);
  });

  test("is found by an alarm when its object dies in the middle of a step", async () => {
    const hung = Promise.withResolvers<void>();
    const { objects, client } = lab.objectsOf(async (ctx) => {
      await ctx.step("a", () => lab.log.push("a"));
      return ctx.step("b", async ({ attempt }) => {
        lab.log.push(`b ${attempt}`);
        if (lab.log.length < 3) await hung.promise;
        return "done";
      });
    });
    const handle = await client.start({ workflowId: "one" });
    await lab.clock.advance(0);
    expect(lab.log).toEqual(["a", "b 1"]);
    objects.object("one").kill();
    const died = lab.clock.now();
    expect(await lab.clock.settle(handle.result())).toBe("done");
    expect(lab.log).toEqual(["a", "b 1", "b 1"]);
    expect(lab.clock.now() - died).toBeLessThanOrEqual(10_000);
    hung.resolve();
  });

  test("is held when its object dies each time that it runs", async () => {
    const { objects, client } = lab.objectsOf(async (ctx) =>
      ctx.step("deadly", () => {
        objects.object("one").kill();
        return new Promise(() => {});
      }),
    );
    const handle = await client.start({ workflowId: "one" });
    await lab.clock.advance(1_000_000);
    expect(objects.object("one").disk.alarm).toBeNull();
    expect(await handle.getError()).toMatchObject({ code: "RUN_PAUSED", reason: "crash-loop" });
  });

  test("is asked again by its alarm when a version that cannot read it was deployed for a while", async () => {
    const { objects, client } = lab.objectsOf(lab.sleeper);
    const handle = await client.start({ workflowId: "one", input: { n: 2 } });
    await lab.clock.advance(0);
    const { database } = objects.object("one").disk;
    const layouts = database.prepare("SELECT value FROM holdfast WHERE key = x'01'").get();
    const write = database.prepare("UPDATE holdfast SET value = ? WHERE key = x'01'");
    write.run(new TextEncoder().encode('{"layout":9}'));
    objects.object("one").kill();
    await lab.clock.advance(3 * 86_400_000);
    expect(await lab.rejection(handle.result())).toMatchObject({
      code: "STORAGE",
      message: expect.stringContaining("layout 9"),
    });
    write.run(layouts?.value as Uint8Array);
    await lab.clock.advance(10_000);
    expect(await handle.getState()).toBe("completed");
    expect(lab.log).toEqual(["a", "b"]);
  });

  test("is woken by a message that it wants, and answers requests, once each", async () => {
    const { objects, client } = lab.objectsOf(asker);
    const handle = await client.start({ workflowId: "one" });
    await lab.clock.advance(0);
    objects.object("one").kill();
    const asked = [1, 2].map(() => handle.request("question", { n: 1n }, { messageId: "q" }));
    expect(await lab.clock.settle(Promise.all(asked))).toEqual([{ asked: { n: 1n } }, { asked: { n: 1n } }]);
    objects.object("one").kill();
    const again = handle.request("question", null, { messageId: "q" });
    expect(await lab.clock.settle(again)).toEqual({ asked: { n: 1n } });
    await handle.send("end");
    expect(await lab.clock.settle(handle.result())).toBe("answered");
    expect(lab.log).toEqual(["look up"]);
  });

  test("keeps a message that comes before it is wanted, and sleeps on for one that it does not want", async () => {
    const { objects, client } = lab.objectsOf(lab.sleeper);
    const handle = await client.start({ workflowId: "one", input: { n: 2 } });
    await lab.clock.advance(0);
    const { lives, disk } = objects.object("one");
    const { alarm } = disk;
    await handle.send("unasked", 1);
    expect(disk.alarm).toBe(alarm);
    expect(lives).toBe(1);
    expect(await lab.clock.settle(handle.result())).toEqual({ sum: 3 });
  });
});

describe("an object whose run is deleted while something else is asked of it", () => {
  const listener = async (ctx: WorkflowContext) => {
    await ctx.step("a", () => lab.log.push("a"));
    return ctx.listen("wait", "message");
  };
  const calls: Record<string, (objects: FakeObjects, handle: ObjectWorkflowHandle) => Promise<unknown>> = {
    send: (_, handle) => handle.send("message", 1),
    wake: (_, handle) => handle.wake(),
    cancel: (_, handle) => handle.cancel(),
    pause: (_, handle) => handle.pause(),
    alarm: async (objects) => objects.get("one").alarm?.(),
  };

  test.each(Object.entries(calls))("has nothing left of it, whenever that is: %s", async (_, call) => {
    for (let turns = 0; turns < 60; turns++) {
      for (const deletesFirst of [true, false]) {
        lab = new ObjectLab();
        const { objects, client } = lab.objectsOf(listener);
        const handle = await client.start({ workflowId: "one" });
        await lab.clock.advance(0);
        const ask = [() => handle.delete(), () => call(objects, handle).catch(() => {})];
        const [first, second] = deletesFirst ? ask : ask.reverse();
        const begun = first?.();
        for (let turn = 0; turn < turns; turn++) await null;
        await lab.clock.settle(Promise.all([begun, second?.()]));
        await lab.clock.advance(20_000);
        const { database, alarm } = objects.object("one").disk;
        const tables = database.prepare("SELECT name FROM sqlite_master").all();
        expect([await handle.getState(), tables, alarm, lab.log]).toEqual([null, [], null, ["a"]]);
      }
    }
  });
});
