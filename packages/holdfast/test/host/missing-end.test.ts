import { CorruptionError } from "holdfast";
import { expect, test } from "vitest";
import { KeySpace } from "../../src/history/key.ts";
import { virtualStore } from "./host-on-virtual-clock.ts";

/** A run that has ended so, of which the row that says with what is gone. */
async function endWithoutItsRow(space: number, run: () => Promise<unknown>) {
  const { host, store, clock } = virtualStore();
  const running = await host({ workflows: [{ name: "ends", run }] });
  const handle = await running.start("ends", { workflowId: "a" });
  await clock.settle(handle.result().catch(() => {}));
  const dump = store.dump();
  const runs = dump.runs.map((one) => ({
    ...one,
    entries: one.entries.filter(({ key }) => key[0] !== space),
  }));
  store.restore({ ...dump, runs });
  return { handle, clock };
}

test("an output that is missing is told as damage, and not as a run that returned nothing", async () => {
  const { handle, clock } = await endWithoutItsRow(KeySpace.output, async () => "done");
  await expect(handle.getOutput()).rejects.toThrow(CorruptionError);
  await expect(clock.settle(handle.result())).rejects.toThrow(CorruptionError);
  expect(await handle.getError()).toBeUndefined();
});

test("an error that is missing is told as damage, and not as a run that did not fail", async () => {
  const { handle, clock } = await endWithoutItsRow(KeySpace.error, async () => {
    throw new Error("fails");
  });
  await expect(handle.getError()).rejects.toThrow(CorruptionError);
  await expect(clock.settle(handle.result())).rejects.toThrow(CorruptionError);
  expect(await handle.getOutput()).toBeUndefined();
});
