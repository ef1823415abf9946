import { join } from "node:path";
import { expect, test } from "vitest";
import { sqliteStore } from "../../src/sqlite.ts";
import { message, newRun } from "../../src/testing/conformance/samples.ts";
import { runProcess } from "./processes/run-process.ts";
import { temporaryDirectory } from "./sqlite-context.ts";

const directory = temporaryDirectory();

function numberOf(bytes: Uint8Array): number {
  const [high = 0, middle = 0, low = 0] = bytes;
  return (high << 16) + (middle << 8) + low;
}

test("a process that is killed loses nothing that was acknowledged and leaves no half commit", async () => {
  const path = join(directory, "killed.db");
  for (const steps of [1, 7, 40, 90]) {
    const worker = runProcess("commit-steps.ts", [path, "a"]);
    worker.onLine(() => {
      if (worker.output.length === steps) worker.child.kill("SIGKILL");
    });
    const { signal, output } = await worker.ended;
    expect(signal).toBe("SIGKILL");
    const acknowledged = Number(output.at(-1));

    const store = sqliteStore(path);
    const image = await store.driver({ workflowId: "a", epoch: 0 }).load();
    if (image === null) throw new Error("The run is gone.");
    const last = numberOf(image.header);
    expect(last).toBeGreaterThanOrEqual(acknowledged);
    expect(image.revision).toBe(last + 1);
    expect(image.entries.length).toBe(last * 3);
    expect(image.entries.every(({ key, value }) => numberOf(key) === numberOf(value))).toBe(true);
    // The dead process holds no lock: the next writer is not kept waiting.
    await store.enqueue("a", message(`after ${steps}`));
    await store.close();
  }
}, 60_000);

test("four processes on one file share its runs without taking one twice", async () => {
  const path = join(directory, "shared.db");
  const store = sqliteStore(path);
  const ids = Array.from({ length: 60 }, (_, index) => `run ${index}`);
  await Promise.all(ids.map((id) => store.create(newRun(id))));
  const workers = ["a", "b", "c", "d"].map((owner) => runProcess("claim-all.ts", [path, owner]));
  const ended = await Promise.all(workers.map((worker) => worker.ended));
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(ended.flatMap(({ output }) => output).sort()).toEqual([...ids].sort());
  expect((await store.statistics()).runs.completed).toBe(60);
  await store.close();
}, 60_000);

test("a wait hears of another process's commit", async () => {
  const path = join(directory, "heard.db");
  const store = sqliteStore(path);
  const wait = store.wait("work", AbortSignal.timeout(30_000));
  await runProcess("create-run.ts", [path, "from outside"]).ended;
  const started = performance.now();
  await wait;
  expect(performance.now() - started).toBeLessThan(1_000);
  expect((await store.claim({ owner: "o", leaseMs: 1, limit: 9, workflowNames: null })).claims.length).toBe(
    1,
  );
  await store.close();
}, 60_000);
