import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  CorruptionError,
  CriticalError,
  InvalidArgumentError,
  QueueFullError,
  RunCancelledError,
  RunFinishedError,
  RunNotFoundError,
  RunPausedError,
  RunStateError,
  StepExhaustedError,
  StorageError,
  UnserializableValueError,
} from "../../src/index.ts";
import type { WorkflowContext } from "../../src/model/context.ts";
import { objectClient } from "../../src/objects/object-client.ts";
import type { ObjectWorkflowHandle } from "../../src/objects/object-handle.ts";
import { workflowObject } from "../../src/objects/workflow-object.ts";
import { DurableObject } from "./fake-objects.ts";
import { FakeStorage } from "./fake-storage.ts";
import { ObjectLab } from "./object-lab.ts";

let lab: ObjectLab;
beforeEach(() => {
  lab = new ObjectLab();
});

describe("what is asked of a run in an object", () => {
  test("rejects with typed errors, though the platform keeps but their messages", async () => {
    const { objects, client } = lab.objectsOf(
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
    for (const call of calls) expect(await lab.rejection(call())).toBeInstanceOf(RunNotFoundError);
    expect(await handle.getState()).toBeNull();
    await client.start({ workflowId: "one" });
    expect(await lab.rejection(handle.send("go", { call: [() => {}] }))).toMatchObject({
      path: "send[1].call[0]",
    });
    expect(await lab.rejection(handle.send("go", { call: () => {} }))).toBeInstanceOf(
      UnserializableValueError,
    );
    await handle.send("a");
    await handle.send("b");
    expect(await lab.rejection(handle.send("c"))).toBeInstanceOf(QueueFullError);
    expect(await lab.rejection(handle.recover())).toBeInstanceOf(RunStateError);
    expect(await lab.rejection(handle.result({ wait: false }))).toBeInstanceOf(RunStateError);
    expect(await lab.rejection(handle.result({ timeout: "1m" }))).toMatchObject({ code: "RUN_STATE" });
    expect(
      await lab.rejection(objects.get("one").result?.({ wait: false }) as Promise<unknown>),
    ).toMatchObject({
      message: expect.stringContaining("RunStateError"),
    });
  });

  test("rejects with the run's own error when it failed, its causes and data included", async () => {
    const { client } = lab.objectsOf(async (ctx) =>
      ctx.step({
        name: "pay",
        maxRetries: 0,
        run: () => {
          throw Object.assign(new Error("declined", { cause: new TypeError("limit") }), { data: { a: 1n } });
        },
      }),
    );
    const handle = await client.start({ workflowId: "one" });
    const error = (await lab.rejection(handle.result())) as StepExhaustedError;
    expect(error).toBeInstanceOf(StepExhaustedError);
    expect(error.cause).toMatchObject({ message: "declined", data: { a: 1n } });
    expect((error.cause as Error).cause).toBeInstanceOf(TypeError);
    expect(await lab.rejection(handle.send("late"))).toBeInstanceOf(RunFinishedError);
    expect(await handle.getError()).toBeInstanceOf(StepExhaustedError);
  });

  test("refuses bad arguments before anything is asked", async () => {
    const { client } = lab.objectsOf(lab.sleeper);
    expect(() => objectClient(undefined as never, async () => {})).toThrow(InvalidArgumentError);
    expect(() => workflowObject(undefined as never, async () => {})).toThrow(InvalidArgumentError);
    expect(() => workflowObject(DurableObject, async () => {}, { watchMs: 0 })).toThrow("watchMs");
    expect(() => client.handle("")).toThrow(InvalidArgumentError);
    const misspelt = { workflowId: "one", inputs: { n: 1 } } as never;
    expect(await lab.rejection(client.start(misspelt))).toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  test("says that an object could not be reached, and what to do", async () => {
    const broken = {
      idFromName: (name: string) => name,
      get: () => ({ call: () => Promise.reject(new Error("reset")) }),
    };
    const handle = objectClient(broken, async () => {}).handle("one");
    const error = await lab.rejection(handle.send("go"));
    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({ outcome: "unknown", retryable: true });
  });

  test("cancels it, with its handlers where that is asked", async () => {
    const { client } = lab.objectsOf(async (ctx) => {
      await ctx.rollbackCheckpoint("from here");
      await ctx.step({ name: "a", run: () => 1, rollback: () => void lab.log.push("undone") });
      await ctx.listen("wait", "go");
    });
    const handle = await client.start({ workflowId: "one" });
    await lab.clock.advance(0);
    expect(await lab.clock.settle(handle.cancel({ compensate: true }))).toEqual({ cancelled: true });
    expect(await lab.rejection(handle.result())).toBeInstanceOf(RunCancelledError);
    expect(lab.log).toEqual(["undone"]);
    expect(await handle.cancel()).toEqual({ cancelled: false, state: "cancelled" });
  });

  test("pauses and resumes it, also in another life", async () => {
    const { objects, client } = lab.objectsOf(lab.sleeper);
    const handle = await client.start({ workflowId: "one", input: { n: 2 } });
    await lab.clock.advance(0);
    await lab.clock.settle(handle.pause());
    expect(objects.object("one").disk.alarm).toBeNull();
    await lab.clock.advance(86_400_000 * 9);
    expect(lab.log).toEqual(["a"]);
    expect(await lab.rejection(handle.result({ wait: false }))).toBeInstanceOf(RunPausedError);
    objects.object("one").kill();
    await lab.clock.settle(handle.resume());
    expect(await lab.clock.settle(handle.result())).toEqual({ sum: 3 });
  });

  test.each([
    ["a cancel", (handle: ObjectWorkflowHandle) => handle.cancel()],
    ["a pause", (handle: ObjectWorkflowHandle) => handle.pause()],
  ])(
    "does %s before the run is deleted, or tells that it was, whichever was asked first",
    async (_what, act) => {
      const told = new Set<string>();
      for (let ticks = 0; ticks < 60; ticks++) {
        const { client } = lab.objectsOf(lab.sleeper);
        const handle = await lab.clock.settle(client.start({ workflowId: "one", input: { n: 1 } }));
        await lab.clock.advance(0);
        const deletesFirst = ticks % 2 === 1;
        const before = deletesFirst ? handle.delete() : null;
        if (deletesFirst) for (let i = 0; i < ticks; i++) await null;
        const acted = act(handle).then(
          () => "done",
          (error: Error) => error.name,
        );
        if (!deletesFirst) for (let i = 0; i < ticks; i++) await null;
        const deleted = before ?? handle.delete();
        told.add(await lab.clock.settle(acted));
        await lab.clock.settle(deleted);
      }
      expect([...told].sort()).toEqual(["RunNotFoundError", "done"]);
    },
  );

  test("sets no alarm where it is only looked at", async () => {
    const { objects, client } = lab.objectsOf(lab.sleeper);
    const handle = await lab.clock.settle(client.start({ workflowId: "a", input: { n: 1 } }));
    await lab.clock.advance(1_000);
    const { disk } = objects.object("a");
    const alarms: (number | null)[] = [];
    const { alarm } = disk;
    disk.alarmSet = (at) => void alarms.push(at);
    await lab.clock.settle(handle.history());
    expect([await lab.clock.settle(handle.getState()), alarms, disk.alarm]).toEqual(["sleeping", [], alarm]);
  });

  test("recovers and rewinds it, and shows its history", async () => {
    let broken = true;
    const { client } = lab.objectsOf(async (ctx) => {
      const bytes = await ctx.step("a", () => lab.noted("a", new Uint8Array([1, 2])));
      await ctx.step("b", () => {
        if (broken) throw new CriticalError("broken");
      });
      return bytes;
    });
    const handle = await client.start({ workflowId: "one" });
    expect(await lab.rejection(handle.result())).toBeInstanceOf(CriticalError);
    broken = false;
    await lab.clock.settle(handle.recover());
    expect(await lab.clock.settle(handle.result())).toEqual(new Uint8Array([1, 2]));
    const { status, entries } = await handle.history();
    expect(status).toBe("completed");
    expect(entries.map(({ id, attempts, output }) => [id, attempts, output()])).toEqual([
      ["a", 1, new Uint8Array([1, 2])],
      ["b", 1, undefined],
    ]);
    await lab.clock.settle(handle.rewind({ to: "a" }));
    await lab.clock.settle(handle.result());
    expect(lab.log).toEqual(["a", "a"]);
  });

  test("tells whoever waits for its end, or for an answer, that it was deleted", async () => {
    const { client } = lab.objectsOf((ctx: WorkflowContext) => ctx.listen("wait", "go"));
    const handle = await lab.clock.settle(client.start({ workflowId: "o-1" }));
    const waits = [handle.result(), handle.request("ask", 1, { timeout: "10d" })].map((wait) =>
      wait.catch((error: unknown) => error),
    );
    await lab.clock.advance("1h");
    await handle.delete();
    for (const error of await lab.clock.settle(Promise.all(waits), "1h"))
      expect(error).toBeInstanceOf(RunNotFoundError);
  });

  test.each(["pause", "cancel"] as const)(
    "deletes it when a %s that the storage refuses for a while is done: that is not done to the one that is started anew",
    async (operation) => {
      const { client } = lab.objectsOf(lab.sleeper);
      const handle = await client.start({ workflowId: "o", input: { n: 1 } });
      const refused = vi.spyOn(FakeStorage.prototype, "transactionSync").mockImplementationOnce(() => {
        throw new Error("made to fail");
      });
      const asked = handle[operation]();
      await lab.clock.runUntilIdle();
      expect(refused).toHaveBeenCalled();
      const started = handle.delete().then(() => client.start({ workflowId: "o", input: { n: 2 } }));
      await lab.clock.settle(Promise.all([asked, started]));
      expect(await lab.clock.settle(handle.result())).toEqual({ sum: 3 });
      refused.mockRestore();
    },
  );

  test("deletes it where what is stored of it is damaged, as the error says", async () => {
    const { objects, client } = lab.objectsOf(lab.sleeper);
    const handle = await client.start({ workflowId: "o", input: { n: 1 } });
    await lab.clock.advance(0);
    const { database } = objects.object("o").disk;
    const [table] = database.prepare("SELECT name FROM sqlite_master").all();
    database.exec(`UPDATE "${table?.name}" SET value = x'4801ff' WHERE key = x'00'`);
    await expect(handle.getState()).rejects.toThrow(CorruptionError);
    expect(await handle.delete()).toBe(true);
    await client.start({ workflowId: "o", input: { n: 2 } });
    expect(await lab.clock.settle(handle.result())).toEqual({ sum: 3 });
  });

  test("deletes it before or after what else is asked of it, whoever starts it anew at once", async () => {
    for (const operation of ["pause", "resume", "cancel"] as const) {
      for (let turns = 0; turns < 20; turns++) {
        lab = new ObjectLab();
        const { client } = lab.objectsOf(lab.sleeper);
        const handle = await client.start({ workflowId: "o", input: { n: 1 } });
        await lab.clock.advance(1_000);
        const anew = handle.delete().then(() => client.start({ workflowId: "o", input: { n: 2 } }));
        for (let turn = 0; turn < turns; turn++) await null;
        const asked = handle[operation]().catch((error: unknown) => error);
        const told = await lab.clock.settle(asked);
        if (told instanceof Error) expect(told).toBeInstanceOf(RunNotFoundError);
        await lab.clock.settle(anew);
      }
    }
  });

  test("deletes it with all that it stored, and it can be started anew", async () => {
    const { objects, client } = lab.objectsOf(lab.sleeper);
    const handle = await client.start({ workflowId: "one", input: { n: 2 } });
    await lab.clock.advance(0);
    expect(await handle.delete()).toBe(true);
    expect(await handle.delete()).toBe(false);
    expect(await handle.getState()).toBeNull();
    expect(objects.object("one").disk.alarm).toBeNull();
    expect(objects.object("one").disk.database.prepare("SELECT name FROM sqlite_master").all()).toEqual([]);
    await client.start({ workflowId: "one", input: { n: 5 } });
    expect(await lab.clock.settle(handle.result())).toEqual({ sum: 6 });
  });
});
