import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, createHost, defineWorkflow, type Host, type HostOptions } from "holdfast";
import { type SqliteStore, sqliteStore } from "holdfast/sqlite";
import { describe, expect, it, onTestFinished } from "vitest";

/** A file in a folder of its own that goes with the test. */
function file(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-host-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "runs.db");
}

function open(path: string): SqliteStore {
  const store = sqliteStore({ path, synchronous: "normal" });
  onTestFinished(() => store.close());
  return store;
}

async function hostOn(store: SqliteStore, options: Omit<HostOptions, "store">): Promise<Host> {
  const host = await createHost({ store, ...options });
  onTestFinished(() => host.stop({ timeoutMs: 0 }));
  return host;
}

/** So many steps, one after the other; counts each body. */
function stepping(bodies: Map<string, number>) {
  return defineWorkflow({
    name: "stepping",
    run: async (ctx, input: { steps: number }) => {
      for (let i = 0; i < input.steps; i++) {
        await ctx.step(`step-${i}`, async () => {
          const key = `${ctx.workflowId}/${i}`;
          bodies.set(key, (bodies.get(key) ?? 0) + 1);
        });
      }
      return input.steps;
    },
  });
}

describe("write transactions", () => {
  it("of a run of N steps are N and one to create it", async () => {
    const store = open(file());
    const workflow = stepping(new Map());
    const host = await hostOn(store, { workflows: [workflow] });
    for (const steps of [1, 2, 10]) {
      const before = store.stats.transactions;
      const handle = await host.start(workflow, { input: { steps } });
      expect(await handle.result()).toBe(steps);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(store.stats.transactions - before).toBe(steps + 1);
    }
  });

  it("are shared by runs that are in work together", async () => {
    const store = open(file());
    const bodies = new Map<string, number>();
    const workflow = stepping(bodies);
    const host = await hostOn(store, { workflows: [workflow] });
    const handles = await Promise.all(
      Array.from({ length: 200 }, () => host.start(workflow, { input: { steps: 5 } })),
    );
    await Promise.all(handles.map((handle) => handle.result()));
    expect([...bodies.values()]).toEqual(Array(1_000).fill(1));
    expect(store.stats.transactions).toBeLessThan(100);
  });
});

describe("two hosts on one file", () => {
  it("share the work, and no body runs twice", async () => {
    const path = file();
    const client = createClient({ store: open(path) });
    const bodies = new Map<string, number>();
    const by = { first: 0, second: 0 };
    const shared = (name: "first" | "second") =>
      defineWorkflow({
        name: "shared",
        run: async (ctx) => {
          for (let i = 0; i < 3; i++) {
            await ctx.step(`step-${i}`, async () => {
              by[name] += 1;
              const key = `${ctx.workflowId}/${i}`;
              bodies.set(key, (bodies.get(key) ?? 0) + 1);
              await new Promise((resolve) => setTimeout(resolve, 2));
            });
            await ctx.sleep(`nap-${i}`, 5);
          }
        },
      });
    await hostOn(open(path), { workflows: [shared("first")], concurrency: 5, pollMs: 50 });
    await hostOn(open(path), { workflows: [shared("second")], concurrency: 5, pollMs: 50 });
    const handles = await Promise.all(Array.from({ length: 40 }, () => client.start("shared")));
    await Promise.all(handles.map((handle) => handle.result()));
    expect([...bodies.values()]).toEqual(Array(120).fill(1));
    expect(by.first).toBeGreaterThan(0);
    expect(by.second).toBeGreaterThan(0);
  });

  it("hear of messages, answers and ends of each other soon", async () => {
    const path = file();
    const echo = defineWorkflow({
      name: "echo",
      run: async (ctx) => {
        for (let i = 0; i < 10; i++) {
          const question = await ctx.queue.next(`question-${i}`, { names: ["ask"], completable: true });
          await question.complete(question.body);
        }
      },
    });
    await hostOn(open(path), { workflows: [echo] });
    const client = createClient({ store: open(path) });
    const handle = await client.start(echo, { workflowId: "a" });
    const tookMs: number[] = [];
    for (let i = 0; i < 10; i++) {
      const before = performance.now();
      expect(await handle.request("ask", i)).toBe(i);
      tookMs.push(performance.now() - before);
    }
    await handle.result();
    tookMs.sort((a, b) => a - b);
    // The file is looked at every 25 ms: once by the host for the question, once by the client for the answer.
    expect(tookMs[5]).toBeLessThan(200);
  });
});

describe("a host that was stopped", () => {
  it("leaves nothing that keeps the process alive", async () => {
    const store = open(file());
    const workflow = stepping(new Map());
    const before = process.getActiveResourcesInfo().length;
    const host = await createHost({ store, workflows: [workflow], retention: { completedMs: 1_000 } });
    const handle = await host.start(workflow, { input: { steps: 3 } });
    await handle.result();
    await host.stop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  });
});
