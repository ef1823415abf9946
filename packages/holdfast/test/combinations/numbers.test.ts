import { expect, it } from "vitest";
import { EngineLab } from "../engine-lab.ts";
import { interceptedStore } from "../host/intercepted-store.ts";

it("a message that comes too late for the code that waited for it takes no number in the order of completions", async () => {
  const lab = new EngineLab();
  const ended = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  // While the queue is read, the step ends that ends the branch with the wait.
  const driver = interceptedStore(lab.storage, async (method, go) => {
    const given = await go();
    if (method !== "peekMessages") return given;
    if ((given as readonly unknown[]).length > 0) ended.resolve();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    return given;
  });
  const handle = lab.start(
    async (ctx) => {
      await ctx.join("join", {
        only: {
          run: async (branch) => {
            void branch.queue.next("left", { names: ["m"] });
            await branch.step("body", async () => {
              asked.resolve();
              await ended.promise;
            });
          },
        },
      });
      const { body } = await ctx.queue.next("later", { names: ["m"] });
      return body;
    },
    { driver, mode: "live" },
  );
  await lab.clock.settle(asked.promise);
  await handle.send("m", "hello");

  await expect(lab.clock.settle(handle.result)).resolves.toMatchObject({ output: "hello" });
  const { entries } = await handle.history();
  const numbers = entries.map(({ sequence }) => sequence).filter((sequence) => sequence > 0);
  expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
  expect(entries.find(({ id }) => id === "join/~only/left")?.status ?? "pending").toBe("pending");
});
