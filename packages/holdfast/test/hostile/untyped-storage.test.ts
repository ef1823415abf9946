import {
  createClient,
  createHost,
  defineWorkflow,
  InvalidArgumentError,
  runWorkflow,
  StorageError,
  type WorkflowContext,
} from "holdfast";
import { memoryDriver, memoryStore } from "holdfast/memory";
import { describe, expect, test } from "vitest";
import { interceptedStore } from "../host/intercepted-store.ts";
import { expectNoStrays } from "./stray-watch.ts";

const broken = new TypeError("cannot read properties of undefined");

/** What a storage of somebody's own does instead of failing with a type. */
const failures: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw broken;
  },
  rejects: () => Promise.reject(broken),
};

/** A storage that fails once `it.breaks`, but for its hints and what is said to be `sound`. */
function failing<Storage extends object>(
  storage: Storage,
  how: string,
  sound: readonly string[] = [],
): { it: { breaks: boolean }; storage: Storage } {
  const it = { breaks: false };
  const works = new Set(["wait", "waitForMessages", ...sound]);
  return {
    it,
    storage: interceptedStore(storage, (method, go) =>
      it.breaks && !works.has(method) ? failures[how]?.() : go(),
    ),
  };
}

async function waits(ctx: WorkflowContext) {
  await ctx.step("one", () => 1);
  return ctx.listen("wait", "go");
}

const outcome = (call: Promise<unknown>) =>
  call.then(
    () => "nothing was thrown",
    (error: unknown) => (StorageError.is(error) ? error.cause : error),
  );

describe.each(Object.keys(failures))("a storage of somebody's own that %s without a type", (how) => {
  test.each(["", "get"])(
    "fails every call of a client with StorageError and the cause (sound: %j)",
    async (sound) => {
      expectNoStrays();
      const { it, storage } = failing(memoryStore(), how, [sound]);
      const definition = defineWorkflow({ name: "w", run: waits });
      const host = await createHost({ store: storage, workflows: [definition], pollMs: 20 });
      const handle = await host.start(definition, { workflowId: "run" });
      await expect.poll(() => handle.getState()).toBe("sleeping");
      await host.stop();
      const client = createClient({ store: storage });
      const asked = client.handle("run", definition);
      it.breaks = true;
      const calls: Record<string, Promise<unknown>> = {
        start: client.start(definition, { workflowId: "other" }),
        list: client.list(),
        delete: client.delete("run"),
        statistics: client.statistics(),
        send: asked.send("go"),
        wake: asked.wake(),
        history: asked.history(),
        rewind: asked.rewind({ to: "one" }),
        fork: asked.fork({ from: "one", workflowId: "fork" }),
        request: asked.request("go"),
        ...(sound === "" ? { get: client.get("run"), getState: asked.getState() } : {}),
      };
      const told = await Promise.all(Object.values(calls).map(outcome));
      expect(Object.fromEntries(Object.keys(calls).map((name, index) => [name, told[index]]))).toEqual(
        Object.fromEntries(Object.keys(calls).map((name) => [name, broken])),
      );
    },
  );

  test("fails every call of a handle on a driver with StorageError and the cause", async () => {
    expectNoStrays();
    const { it, storage } = failing(memoryDriver({ workflowId: "run" }), how);
    const handle = runWorkflow("run", waits, undefined, storage);
    await handle.result;
    it.breaks = true;
    const other = failing(memoryDriver({ workflowId: "fork" }), how);
    const calls: Record<string, () => Promise<unknown>> = {
      send: () => handle.send("go"),
      request: () => handle.request("go"),
      wake: () => handle.wake(),
      cancel: () => handle.cancel(),
      pause: () => handle.pause(),
      resume: () => handle.resume(),
      recover: () => handle.recover(),
      rewind: () => handle.rewind({ to: "one" }),
      getState: () => handle.getState(),
      getOutput: () => handle.getOutput(),
      getError: () => handle.getError(),
      history: () => handle.history(),
      fork: () => {
        it.breaks = false;
        other.it.breaks = true;
        return handle.fork({ from: "one", workflowId: "fork", driver: other.storage });
      },
    };
    for (const [name, call] of Object.entries(calls)) {
      expect([name, await outcome(call())]).toEqual([name, broken]);
    }
  });
});

test.each([
  undefined,
  null,
  {},
  { valueBytes: "1" },
  { valueBytes: 1, batchBytes: Number.NaN, batchRows: 1 },
])("a driver whose limits are %j is refused before anything is written", async (limits) => {
  const sound = memoryDriver({ workflowId: "run" });
  const driver = new Proxy(sound, {
    get: (_target, name) => (name === "limits" ? limits : Reflect.get(sound, name, sound)),
  });
  expect(() => runWorkflow("run", waits, undefined, driver)).toThrow(InvalidArgumentError);
  const handle = runWorkflow("run", waits, undefined, sound);
  await handle.result;
  const fork = handle.fork({ from: "one", workflowId: "fork", driver });
  await expect(fork).rejects.toThrow(InvalidArgumentError);
});

test("what a storage of somebody's own does not have may be undefined", async () => {
  expectNoStrays();
  const orUndefined = <Storage extends object>(storage: Storage): Storage =>
    interceptedStore(storage, async (_method, go) => (await go()) ?? undefined);
  const handle = runWorkflow("run", waits, undefined, orUndefined(memoryDriver({ workflowId: "run" })));
  expect((await handle.result).state).toBe("sleeping");
  const definition = defineWorkflow({ name: "w", run: waits });
  const host = await createHost({ store: orUndefined(memoryStore()), workflows: [definition], pollMs: 20 });
  expect(await host.get("none")).toBeNull();
  const run = await host.start(definition, { workflowId: "run" });
  await run.send("go", 5);
  expect(await run.result()).toBe(5);
  await host.stop();
});
