import { describe, expect, test } from "vitest";
import { defineWorkflow, StorageError } from "../../src/index.ts";
import { objectClient } from "../../src/objects/object-client.ts";
import { workflowObject } from "../../src/objects/workflow-object.ts";
import { virtualClock } from "../../src/testing/virtual-clock.ts";
import { DurableObject, FakeObjects } from "./fake-objects.ts";

/** How long a caller waits for an answer. */
const PATIENCE_MS = 43_200_000;

/** What a run came to whose object died at one of its transactions. */
interface Trial {
  readonly output: unknown;
  /** How often each body was started. */
  readonly starts: Readonly<Record<string, number>>;
  readonly transactions: number;
}

/** Runs an order to its end; its object dies before or after the transaction of this number. */
async function trial(dies?: { readonly at: number; readonly when: "before" | "after" }): Promise<Trial> {
  const clock = virtualClock();
  const starts: Record<string, number> = {};
  const started = <T>(step: string, value: T): T => {
    starts[step] = (starts[step] ?? 0) + 1;
    return value;
  };
  const order = defineWorkflow({
    name: "order",
    run: async (ctx, input: { readonly items: number }) => {
      const charged = await ctx.step("charge", () => started("charge", input.items));
      const both = await ctx.join("both", {
        a: { run: async (branch) => branch.step("pack", () => started("pack", charged + 1)) },
        b: { run: async (branch) => branch.listen("until shipped", "shipped") },
      });
      await ctx.sleep("rest", "1d");
      return [both.a, both.b, await ctx.step("thank", () => started("thank", true))];
    },
  });
  const settings = { clock, scheduler: clock.scheduler };
  const objects = new FakeObjects({ class: workflowObject(DurableObject, order, settings), clock });
  const object = objects.object("one");
  let transactions = 0;
  object.disk.transaction = (when) => {
    if (when === "before") transactions += 1;
    if (dies !== undefined && transactions === dies.at && when === dies.when) object.kill();
  };
  const client = objectClient(objects, order);
  /** Callers ask again until they are answered; an object that died answers none of those that it had. */
  const patiently = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      const answer = call().catch((error: unknown) => {
        if (tries > 5 || !StorageError.is(error)) throw error;
        return null;
      });
      const late = clock.sleep(PATIENCE_MS).then(() => null);
      const settled = await clock.settle(Promise.race([answer.then((value) => ({ value })), late]));
      if (settled !== null && settled.value !== null) return settled.value as T;
    }
  };
  const handle = await patiently(() => client.start({ workflowId: "one", input: { items: 3 } }));
  await patiently(() => handle.send("shipped", "T-9", { messageId: "m" }).then(() => "sent"));
  const output = await patiently(() => handle.result());
  return { output, starts, transactions };
}

describe("an object that dies at one of its transactions", async () => {
  const { output, transactions } = await trial();
  const points = Array.from({ length: transactions }, (_, index) => index + 1);
  const deaths = points.flatMap((at) => (["before", "after"] as const).map((when) => ({ at, when })));

  test("has that many of them", () => {
    expect(transactions).toBeGreaterThan(6);
    expect(output).toEqual([4, "T-9", true]);
  });

  test.each(deaths)("$when number $at ends as if it had not", async (death) => {
    const survived = await trial(death);
    expect(survived.output).toEqual(output);
    const repeats = Object.values(survived.starts).filter((count) => count > 1);
    // One death repeats at most the bodies whose results were on their way to one commit.
    expect(repeats.length).toBeLessThanOrEqual(death.when === "before" ? 1 : 0);
  });
});
