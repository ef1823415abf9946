import { defineWorkflow, Loop } from "holdfast";
import { z } from "zod";
import type { Ledger } from "./ledger.ts";
import { type Batch, InputError, Plan, planBatches, readBatch } from "./rows.ts";
import { Contents, Receipt, type Target } from "./target.ts";
import { notifyIndex } from "./unreliable.ts";

/** Batches in one turn of the loop, and how many of them are loaded at once. */
const PAGE = 12;
const CONCURRENCY = 4;

const Decision = z.object({ approved: z.boolean(), by: z.string() });

/** What an import can be told while it runs. */
export type ImportMessages = { readonly decision: z.infer<typeof Decision> };

/** What the workflow works on. */
export interface ImportTools {
  readonly target: Target;
  /** Every body that starts is noted here, for the proof afterwards. */
  readonly ledger: Ledger;
}

/**
 * Imports a file into the target's table, in batches, and publishes it when somebody has approved it. When that is
 * refused, or anything else goes wrong for good, every batch is taken out again.
 */
export function importWorkflow({ target, ledger }: ImportTools) {
  return defineWorkflow({
    name: "import-file",
    input: z.object({ file: z.string(), rowsPerBatch: z.int().min(1) }),
    output: Contents,
    messages: { decision: Decision },

    run: async (ctx, { file, rowsPerBatch }) => {
      const importId = ctx.workflowId;
      await ctx.rollbackCheckpoint("target");

      // Two things that do not need each other, at the same time.
      const { plan } = await ctx.join("prepare", {
        plan: {
          run: (branch) =>
            branch.step({
              name: "plan",
              output: Plan,
              retryIf: isWorthRetrying,
              run: (step) => {
                ledger.started(step);
                return planBatches(file, rowsPerBatch);
              },
            }),
        },
        registration: {
          run: (branch) =>
            branch.step({
              name: "register",
              run: (step) => {
                ledger.started(step);
                target.register(importId, file);
              },
              rollback: (step) => {
                ledger.started(step);
                target.unregister(importId);
              },
            }),
        },
      });

      const load = (item: typeof ctx, batch: Batch) =>
        item.step({
          name: "load",
          maxRetries: 5,
          retryBackoffBase: "50ms",
          retryIf: isWorthRetrying,
          output: Receipt,
          run: async (step) => {
            ledger.started(step);
            const rows = await readBatch(file, plan.columns, batch);
            const receipt = target.apply({ key: step.idempotencyKey, importId, rows });
            await notifyIndex(step);
            return receipt;
          },
          rollback: (step, receipt) => {
            ledger.started(step);
            target.undo(receipt.key);
          },
        });

      // The cursor is the loop's state: an import that was killed goes on with the page it was at.
      const rows = await ctx.loop({
        name: "pages",
        state: { cursor: 0, rows: 0 },
        run: async (page, { cursor, rows }) => {
          const batches = plan.batches.slice(cursor, cursor + PAGE);
          if (batches.length === 0) return Loop.break(rows);
          const receipts = await page.map("batches", batches, load, { concurrency: CONCURRENCY });
          const loaded = receipts.reduce((sum, receipt) => sum + receipt.rows, 0);
          return Loop.continue({ cursor: cursor + batches.length, rows: rows + loaded });
        },
      });

      // Time for the index to catch up; then somebody has a look and decides.
      await ctx.sleep("settle", "300ms");
      const decision = await ctx.listen("approval", "decision");
      if (!decision.approved) throw new Error(`${decision.by} refused the import of ${rows} rows`);

      return ctx.step("publish", (step) => {
        ledger.started(step);
        return target.publish(importId);
      });
    },
  });
}

/** A file that is malformed now is malformed on the next attempt as well. */
function isWorthRetrying(error: unknown): boolean {
  return !(error instanceof InputError);
}
