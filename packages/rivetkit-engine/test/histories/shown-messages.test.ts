import { expect, test } from "vitest";
import * as engine from "../../src/testing.ts";
import { type Context, newDriver } from "../compat/library.ts";

const silent = { debug: () => {}, info: () => {}, warn: () => {} };

test("the history that is shown has the bodies of received messages", async () => {
  const driver = newDriver(engine);
  const shown: unknown[] = [];
  const refused: unknown[] = [];
  const workflow = async (ctx: Context) => (await ctx.queue.next("wait", { names: ["order"] })).body;
  const handle = engine.runWorkflow("wf", workflow as never, undefined, driver, {
    mode: "live",
    onHistoryUpdated: ({ entries }) => {
      for (const { kind } of entries) if (kind.type === "message") shown.push(kind.data);
    },
    logger: { ...silent, error: (told: unknown) => void refused.push(told) } as never,
  });
  await handle.message("order", { pieces: 3 });
  expect(await handle.result).toMatchObject({ state: "completed", output: { pieces: 3 } });
  expect(refused).toEqual([]);
  expect(shown).toContainEqual(
    expect.objectContaining({ name: "order", data: expect.objectContaining({ body: { pieces: 3 } }) }),
  );
});
