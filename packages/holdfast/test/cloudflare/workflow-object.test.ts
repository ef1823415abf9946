import { beforeEach, describe, expect, test } from "vitest";
import {
  CriticalError,
  defineWorkflow,
  QueueFullError,
  RunCancelledError,
  RunFinishedError,
  RunNotFoundError,
  RunPausedError,
  RunStateError,
  StepExhaustedError,
  StorageError,
  UnserializableValueError,
  WorkflowConflictError,
} from "../../src/index.ts";
import type { WorkflowContext } from "../../src/model/context.ts";
import { objectClient } from "../../src/objects/object-client.ts";
import { workflowObject } from "../../src/objects/workflow-object.ts";
import { type VirtualClock, virtualClock } from "../../src/testing/virtual-clock.ts";
import { DurableObject, FakeObjects } from "./fake-objects.ts";

let clock: VirtualClock;
let log: string[];
beforeEach(() => {
  clock = virtualClock();
  log = [];
});

function noted<T>(what: string, value: T): T {
  log.push(what);
  return value;
}

/** A namespace whose objects are runs of a workflow, and its client. */
function objectsOf<Input, Output>(
  run: (ctx: WorkflowContext, input: Input) => Promise<Output>,
  options: { readonly limits?: { readonly queuedMessages: number } } = {},
) {
  const workflow = defineWorkflow({ name: "order", run });
  const settings = { ...options, clock, scheduler: clock.scheduler };
  const objects = new FakeObjects({ class: workflowObject(DurableObject, workflow, settings), clock });
  return { objects, client: objectClient(objects, workflow) };
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return clock.settle(
    promise.then(
      (value) => {
        throw new Error(`It was fulfilled with ${JSON.stringify(value)}.`);
      },
      (error: unknown) => error,
    ),
  );
}

const sleeper = async (ctx: WorkflowContext, input: { n: number }) => {
  const a = await ctx.step("a", () => noted("a", input.n));
  await ctx.sleep("rest", "3d");
  return { sum: a + (await ctx.step("b", () => noted("b", 1))) };
};

const asker = async (ctx: WorkflowContext) => {
  const question = await ctx.queue.next("wait", { names: ["question"], completable: true });
  await ctx.step("look up", () => log.push("look up"));
  await question.complete({ asked: question.body });
  await ctx.listen("for the end", "end");
  return "answered";
};

describe("an object that is a run", () => {
  test("runs to its end across a sleep, though nothing of it stays in memory", async () => {
    const { objects, client } = objectsOf(sleeper);
    const handle = await client.start({ workflowId: "one", input: { n: 2 } });
    await clock.advance(0);
    expect(await handle.getState()).toBe("sleeping");
    objects.object("one").kill();
    expect(await clock.settle(handle.result())).toEqual({ sum: 3 });
    expect(log).toEqual(["a", "b"]);
    expect(objects.object("one").lives).toBe(2);
    expect(objects.object("one").disk.alarm).toBeNull();
  });

  test("is started once, however often and by however many it is asked for", async () => {
    const { objects, client } = objectsOf(sleeper);
    const starts = Array.from({ length: 20 }, () => objects.get("one").start?.({ n: 2 }));
    const outcomes = (await Promise.all(starts)) as { created: boolean }[];
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    expect(outcomes[0]).toEqual({ workflowId: "one", created: true });
    const handle = await client.start({ workflowId: "one", input: { n: 2 } });
    await clock.settle(handle.result());
    await client.start({ workflowId: "one", input: { n: 2 } });
    expect(log).toEqual(["a", "b"]);
    const error = await rejection(client.start({ workflowId: "one", input: { n: 3 } }));
    expect(error).toBeInstanceOf(WorkflowConflictError);
  });

  test("is found by an alarm when its object dies in the middle of a step", async () => {
    const hung = Promise.withResolvers<void>();
    const { objects, client } = objectsOf(async (ctx) => {
      await ctx.step("a", () => log.push("a"));
      return ctx.step("b", async ({ attempt }) => {
        log.push(`b ${attempt}`);
        if (log.length < 3) await hung.promise;
        return "done";
      });
    });
    const handle = await client.start({ workflowId: "one" });
    await clock.advance(0);
    expect(log).toEqual(["a", "b 1"]);
    objects.object("one").kill();
    const died = clock.now();
    expect(await clock.settle(handle.result())).toBe("done");
    expect(log).toEqual(["a", "b 1", "b 1"]);
    expect(clock.now() - died).toBeLessThanOrEqual(10_000);
    hung.resolve();
  });

  test("is held when its object dies each time that it runs", async () => {
    const { objects, client } = objectsOf(async (ctx) =>
      ctx.step("deadly", () => {
        objects.object("one").kill();
        return new Promise(() => {});
      }),
    );
    const handle = await client.start({ workflowId: "one" });
    await clock.advance(1_000_000);
    expect(objects.object("one").disk.alarm).toBeNull();
    expect(await handle.getError()).toMatchObject({ code: "RUN_PAUSED", reason: "crash-loop" });
  });

  test("is asked again by its alarm when a version that cannot read it was deployed for a while", async () => {
    const { objects, client } = objectsOf(sleeper);
    const handle = await client.start({ workflowId: "one", input: { n: 2 } });
    await clock.advance(0);
    const { database } = objects.object("one").disk;
    const layouts = database.prepare("SELECT value FROM holdfast WHERE key = x'01'").get();
    const write = database.prepare("UPDATE holdfast SET value = ? WHERE key = x'01'");
    write.run(new TextEncoder().encode('{"layout":9}'));
    objects.object("one").kill();
    await clock.advance(3 * 86_400_000);
    expect(await rejection(handle.result())).toMatchObject({
      code: "STORAGE",
      message: expect.stringContaining("layout 9"),
    });
    write.run(layouts?.value as Uint8Array);
    await clock.advance(10_000);
    expect(await handle.getState()).toBe("completed");
    expect(log).toEqual(["a", "b"]);
  });

  test("is woken by a message that it wants, and answers requests, once each", async () => {
    const { objects, client } = objectsOf(asker);
    const handle = await client.start({ workflowId: "one" });
    await clock.advance(0);
    objects.object("one").kill();
    const asked = [1, 2].map(() => handle.request("question", { n: 1n }, { messageId: "q" }));
    expect(await clock.settle(Promise.all(asked))).toEqual([{ asked: { n: 1n } }, { asked: { n: 1n } }]);
    objects.object("one").kill();
    const again = handle.request("question", null, { messageId: "q" });
    expect(await clock.settle(again)).toEqual({ asked: { n: 1n } });
    await handle.send("end");
    expect(await clock.settle(handle.result())).toBe("answered");
    expect(log).toEqual(["look up"]);
  });

  test("keeps a message that comes before it is wanted, and sleeps on for one that it does not want", async () => {
    const { objects, client } = objectsOf(sleeper);
    const handle = await client.start({ workflowId: "one", input: { n: 2 } });
    await clock.advance(0);
    const { lives, disk } = objects.object("one");
    const { alarm } = disk;
    await handle.send("unasked", 1);
    expect(disk.alarm).toBe(alarm);
    expect(lives).toBe(1);
    expect(await clock.settle(handle.result())).toEqual({ sum: 3 });
  });
});

describe("what is asked of a run in an object", () => {
  test("rejects with typed errors, though the platform keeps but their messages", async () => {
    const { objects, client } = objectsOf(
      async (ctx: WorkflowContext) => {
        await ctx.listen("wait", "go");
        return ctx.step({
          name: "pay",
          maxRetries: 0,
          run: () => {
            throw Object.assign(new Error("declined", { cause: new TypeError("limit") }), {
              data: { a: 1n },
            });
          },
        });
      },
      { limits: { queuedMessages: 2 } },
    );
    const handle = client.handle("one");
    const calls = [
      () => handle.send("go"),
      () => handle.wake(),
      () => handle.request("go"),
      () => handle.result(),
      () => handle.cancel(),
      () => handle.history(),
    ];
    for (const call of calls) expect(await rejection(call())).toBeInstanceOf(RunNotFoundError);
    expect(await handle.getState()).toBeNull();
    await client.start({ workflowId: "one" });
    expect(await rejection(handle.send("go", { call: [() => {}] }))).toMatchObject({
      path: "send[1].call[0]",
    });
    expect(await rejection(handle.send("go", { call: () => {} }))).toBeInstanceOf(UnserializableValueError);
    await handle.send("a");
    await handle.send("b");
    expect(await rejection(handle.send("c"))).toBeInstanceOf(QueueFullError);
    expect(await rejection(handle.recover())).toBeInstanceOf(RunStateError);
    expect(await rejection(handle.result({ wait: false }))).toBeInstanceOf(RunStateError);
    expect(await rejection(handle.result({ timeout: "1m" }))).toMatchObject({ code: "RUN_STATE" });
    expect(await rejection(objects.get("one").result?.({ wait: false }) as Promise<unknown>)).toMatchObject({
      message: expect.stringContaining("RunStateError"),
    });
  });

  test("rejects with the run's own error when it failed, its causes and data included", async () => {
    const { client } = objectsOf(async (ctx) =>
      ctx.step({
        name: "pay",
        maxRetries: 0,
        run: () => {
          throw Object.assign(new Error("declined", { cause: new TypeError("limit") }), { data: { a: 1n } });
        },
      }),
    );
    const handle = await client.start({ workflowId: "one" });
    const error = (await rejection(handle.result())) as StepExhaustedError;
    expect(error).toBeInstanceOf(StepExhaustedError);
    expect(error.cause).toMatchObject({ message: "declined", data: { a: 1n } });
    expect((error.cause as Error).cause).toBeInstanceOf(TypeError);
    expect(await rejection(handle.send("late"))).toBeInstanceOf(RunFinishedError);
    expect(await handle.getError()).toBeInstanceOf(StepExhaustedError);
  });

  test("says that an object could not be reached, and what to do", async () => {
    const broken = {
      idFromName: (name: string) => name,
      get: () => ({ call: () => Promise.reject(new Error("reset")) }),
    };
    const handle = objectClient(broken, async () => {}).handle("one");
    const error = await rejection(handle.send("go"));
    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({ outcome: "unknown", retryable: true });
  });

  test("cancels it, with its handlers where that is asked", async () => {
    const { client } = objectsOf(async (ctx) => {
      await ctx.rollbackCheckpoint("from here");
      await ctx.step({ name: "a", run: () => 1, rollback: () => void log.push("undone") });
      await ctx.listen("wait", "go");
    });
    const handle = await client.start({ workflowId: "one" });
    await clock.advance(0);
    expect(await clock.settle(handle.cancel({ compensate: true }))).toEqual({ cancelled: true });
    expect(await rejection(handle.result())).toBeInstanceOf(RunCancelledError);
    expect(log).toEqual(["undone"]);
    expect(await handle.cancel()).toEqual({ cancelled: false, state: "cancelled" });
  });

  test("pauses and resumes it, also in another life", async () => {
    const { objects, client } = objectsOf(sleeper);
    const handle = await client.start({ workflowId: "one", input: { n: 2 } });
    await clock.advance(0);
    await clock.settle(handle.pause());
    expect(objects.object("one").disk.alarm).toBeNull();
    await clock.advance(86_400_000 * 9);
    expect(log).toEqual(["a"]);
    expect(await rejection(handle.result({ wait: false }))).toBeInstanceOf(RunPausedError);
    objects.object("one").kill();
    await clock.settle(handle.resume());
    expect(await clock.settle(handle.result())).toEqual({ sum: 3 });
  });

  test("recovers and rewinds it, and shows its history", async () => {
    let broken = true;
    const { client } = objectsOf(async (ctx) => {
      const bytes = await ctx.step("a", () => noted("a", new Uint8Array([1, 2])));
      await ctx.step("b", () => {
        if (broken) throw new CriticalError("broken");
      });
      return bytes;
    });
    const handle = await client.start({ workflowId: "one" });
    expect(await rejection(handle.result())).toBeInstanceOf(CriticalError);
    broken = false;
    await clock.settle(handle.recover());
    expect(await clock.settle(handle.result())).toEqual(new Uint8Array([1, 2]));
    const { status, entries } = await handle.history();
    expect(status).toBe("completed");
    expect(entries.map(({ id, attempts, output }) => [id, attempts, output()])).toEqual([
      ["a", 1, new Uint8Array([1, 2])],
      ["b", 1, undefined],
    ]);
    await clock.settle(handle.rewind({ to: "a" }));
    await clock.settle(handle.result());
    expect(log).toEqual(["a", "a"]);
  });

  test("deletes it with all that it stored, and it can be started anew", async () => {
    const { objects, client } = objectsOf(sleeper);
    const handle = await client.start({ workflowId: "one", input: { n: 2 } });
    await clock.advance(0);
    expect(await handle.delete()).toBe(true);
    expect(await handle.delete()).toBe(false);
    expect(await handle.getState()).toBeNull();
    expect(objects.object("one").disk.alarm).toBeNull();
    expect(objects.object("one").disk.database.prepare("SELECT name FROM sqlite_master").all()).toEqual([]);
    await client.start({ workflowId: "one", input: { n: 5 } });
    expect(await clock.settle(handle.result())).toEqual({ sum: 6 });
  });
});
