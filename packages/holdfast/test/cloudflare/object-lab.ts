import { defineWorkflow } from "../../src/index.ts";
import type { WorkflowContext } from "../../src/model/context.ts";
import { objectClient } from "../../src/objects/object-client.ts";
import { workflowObject } from "../../src/objects/workflow-object.ts";
import { type VirtualClock, virtualClock } from "../../src/testing/virtual-clock.ts";
import { DurableObject, FakeObjects } from "./fake-objects.ts";

/** A clock, what was noted, and objects that are runs: what tests of them need. */
export class ObjectLab {
  readonly clock: VirtualClock = virtualClock();
  readonly log: string[] = [];

  /** Notes that something ran, and gives `value`. */
  readonly noted = <T>(what: string, value: T): T => {
    this.log.push(what);
    return value;
  };

  /** A namespace whose objects are runs of a workflow, and its client. */
  objectsOf<Input, Output>(
    run: (ctx: WorkflowContext, input: Input) => Promise<Output>,
    options: { readonly limits?: { readonly queuedMessages: number } } = {},
  ) {
    const { clock } = this;
    const workflow = defineWorkflow({ name: "order", run });
    const settings = { ...options, clock, scheduler: clock.scheduler };
    const objects = new FakeObjects({ class: workflowObject(DurableObject, workflow, settings), clock });
    return { objects, client: objectClient(objects, workflow) };
  }

  /** The error that a promise rejects with. */
  async rejection(promise: Promise<unknown>): Promise<unknown> {
    const settled = promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const end = await this.clock.settle(settled);
    if ("error" in end) return end.error;
    throw new Error(`It was fulfilled with ${JSON.stringify(end.value)}.`);
  }

  readonly sleeper = async (ctx: WorkflowContext, input: { readonly n: number }) => {
    const a = await ctx.step("a", () => this.noted("a", input.n));
    await ctx.sleep("rest", "3d");
    return { sum: a + (await ctx.step("b", () => this.noted("b", 1))) };
  };
}
