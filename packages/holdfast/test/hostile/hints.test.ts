import { createHost, defineWorkflow, runWorkflow, type WorkflowContext } from "holdfast";
import { memoryDriver, memoryStore } from "holdfast/memory";
import { describe, expect, it } from "vitest";
import { interceptedStore } from "../host/intercepted-store.ts";
import { expectNoStrays } from "./stray-watch.ts";

/** What a storage does instead of telling when a message or work may be there. */
const instead: Readonly<Record<string, () => unknown>> = {
  "tell at once, always": async () => {},
  reject: async () => {
    throw new Error("no hints");
  },
  throw: () => {
    throw new Error("no hints");
  },
};
const HINTS: ReadonlySet<string> = new Set(["wait", "waitForMessages", "driver.waitForMessages"]);

/** A message is waited for beside a step that takes a while. */
async function workflow(ctx: WorkflowContext) {
  const [body] = await Promise.all([
    ctx.listen("wait", "message"),
    ctx.step("slow", () => new Promise((resolve) => setTimeout(resolve, 30))),
  ]);
  return body;
}

describe.each(Object.keys(instead))("hints that %s", (what) => {
  const through = <Storage extends object>(storage: Storage): Storage =>
    interceptedStore(storage, (method, go) => (HINTS.has(method) ? instead[what]?.() : go()));

  it("hold up neither a run on a driver nor the process", async () => {
    expectNoStrays();
    const driver = through(memoryDriver({ workflowId: "run" }));
    const handle = runWorkflow("run", workflow, undefined, driver, { mode: "live" });
    setTimeout(() => void handle.send("message", 5), 60);
    await expect(handle.result).resolves.toEqual({ state: "completed", output: 5 });
  });

  it("hold up neither a host, nor whoever waits for a result, nor the process", async () => {
    expectNoStrays();
    const definition = defineWorkflow({ name: "w", run: workflow });
    const host = await createHost({ store: through(memoryStore()), workflows: [definition], pollMs: 20 });
    const handle = await host.start(definition, { workflowId: "run" });
    setTimeout(() => void handle.send("message", 5), 60);
    await expect(handle.result()).resolves.toBe(5);
    await host.stop();
  });
});
