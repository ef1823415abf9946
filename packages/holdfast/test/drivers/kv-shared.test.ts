import { kvDriver, runWorkflow, type WorkflowContext } from "holdfast";
import { expect, test } from "vitest";
import type { KVChange } from "../../src/drivers/kv/ordered-kv.ts";
import { MemoryOrderedKV } from "../../src/testing/memory-ordered-kv.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A namespace that takes its time. */
class SlowKV extends MemoryOrderedKV {
  override async get(key: Uint8Array): Promise<Uint8Array | null> {
    await turn();
    return super.get(key);
  }

  override async batch(change: KVChange): Promise<void> {
    await turn();
    await super.batch(change);
    await turn();
  }
}

const MESSAGES = 30;

/** Steps and messages by turns. */
async function counting(ctx: WorkflowContext): Promise<number[]> {
  const received: number[] = [];
  while (received.length < MESSAGES) {
    await ctx.step(`step ${received.length}`, () => null);
    received.push((await ctx.listen(`wait ${received.length}`, "number")) as number);
  }
  return received;
}

test("what one driver of a namespace sends while another runs the run is received once each, in order", async () => {
  const kv = new SlowKV();
  const run = () => runWorkflow("run", counting, undefined, kvDriver(kv), { mode: "live" });
  const [one, other] = [run(), run()];
  await other.evict();
  for (let number = 0; number < MESSAGES; number++) await other.send("number", number);
  const expected = Array.from({ length: MESSAGES }, (_, number) => number);
  expect(await one.result).toEqual({ state: "completed", output: expected });
});

test("an alarm that one driver has set is known to the others", async () => {
  const kv = new MemoryOrderedKV();
  const sleeping = (ctx: WorkflowContext) => ctx.sleep("rest", "1h");
  const [run, other] = [kvDriver(kv, { watchMs: 10_000 }), kvDriver(kv, { watchMs: 10_000 })];
  await other.load();
  const { sleepUntil } = await runWorkflow("run", sleeping, undefined, run).result;
  expect(kv.alarm).toBe(sleepUntil);
  await other.load();
  expect(kv.alarm).toBe(sleepUntil);
});
