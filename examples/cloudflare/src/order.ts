import { defineWorkflow } from "holdfast";

export interface OrderInput {
  readonly items: readonly string[];
}

export interface Receipt {
  readonly paymentId: string;
  /** In which process the payment was made. */
  readonly madeBy: string;
}

/** Stands for a payment provider: it takes two seconds, and one key is one payment. */
async function pay(idempotencyKey: string, signal: AbortSignal): Promise<Receipt> {
  await scheduler.wait(2_000, { signal });
  return { paymentId: `payment of ${idempotencyKey}`, madeBy: processId() };
}

let madeUp: string | undefined;

/** A name for this process. Workers may draw one only while they serve somebody. */
function processId(): string {
  madeUp ??= crypto.randomUUID().slice(0, 8);
  return madeUp;
}

/** Reserve, pay, wait until it is shipped, thank. If something fails, what was done is undone. */
export const order = defineWorkflow({
  name: "order",
  run: async (ctx, { items }: OrderInput) => {
    await ctx.rollbackCheckpoint("order");
    const reserved = await ctx.step({
      name: "reserve",
      run: () => ({ items, by: processId() }),
      rollback: () => ({ released: items }),
    });
    const receipt = await ctx.step("pay", ({ idempotencyKey, signal }) => pay(idempotencyKey, signal));
    const tracking = await ctx.listenWithTimeout("until it is shipped", "shipped", "3d");
    await ctx.sleep("a moment", "1s");
    return { reservedBy: reserved.by, ...receipt, tracking };
  },
});
