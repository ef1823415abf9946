import { createClient, defineWorkflow, type WorkflowHandle } from "holdfast";
import { expect, it } from "vitest";
import { virtualStore } from "./host-on-virtual-clock.ts";

const POLL_MS = 500;

type Act = (run: WorkflowHandle, remove: (id: string) => Promise<boolean>) => Promise<unknown>;

it.each<[string, Act, string]>([
  ["cancels", (run) => run.cancel(), "RUN_CANCELLED"],
  ["deletes", (run, remove) => remove(run.workflowId), "RUN_NOT_FOUND"],
])(
  "who awaits a run that is in work here is told soon where another client %s it, long before its lease is renewed",
  async (_, act, code) => {
    const { clock, store, host } = virtualStore();
    const workflow = defineWorkflow({
      name: "long",
      run: (ctx) => ctx.step({ name: "body", timeout: 0, run: () => new Promise(() => {}) }),
    });
    const running = await host({ workflows: [workflow], leaseMs: 3_600_000, pollMs: POLL_MS });
    const handle = await running.start(workflow, { workflowId: "run" });
    const told = handle.result().catch((error: unknown) => error);
    await clock.advance(60_000);
    const client = createClient({ store, clock, scheduler: clock.scheduler });
    await clock.settle(act(client.handle("run"), (id) => client.delete(id)));
    expect(await clock.settle(told, POLL_MS)).toMatchObject({ code });
  },
);
