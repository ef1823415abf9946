import { defineWorkflow, Loop } from "holdfast";
import { z } from "zod";
import type { Archive } from "./services.ts";

/** Copies files in batches, and says how far it is to whoever asks. */
export const backup = (archive: Archive) =>
  defineWorkflow({
    name: "backup",
    messages: { progress: z.undefined() },
    run: async (ctx, { files }: { files: string[] }) => {
      let done = 0;
      const { value } = await ctx.race("backup", [
        {
          name: "copies",
          run: (ctx) =>
            ctx.loop({
              name: "batches",
              state: 0,
              run: async (ctx, copied) => {
                done = copied;
                const batch = files.slice(copied, copied + 100);
                if (batch.length === 0) return Loop.break(copied);
                await ctx.map("files", batch, (ctx, file) => ctx.step("copy", () => archive.copy(file)));
                return Loop.continue(copied + batch.length);
              },
            }),
        },
        {
          name: "answers",
          run: (ctx) =>
            ctx.loop("questions", async (ctx) => {
              const asked = await ctx.queue.next("ask", { names: ["progress"], completable: true });
              await asked.complete({ done, of: files.length });
            }),
        },
      ]);
      return { copied: value };
    },
  });
