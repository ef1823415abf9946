import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { createHost, defineWorkflow } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";
import { expect, it, onTestFinished, vi } from "vitest";
import { claimRun, commitAs, createClaimed } from "../../src/testing/conformance/claimed-run.ts";
import { batch } from "../../src/testing/conformance/samples.ts";

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-costs-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "runs.db");
}

function openStore(path: string): ReturnType<typeof sqliteStore> {
  const store = sqliteStore(path);
  onTestFinished(() => store.close());
  return store;
}

/** The statements that are asked by `method` while `work` is at it; afterwards one of them may have no text any more. */
async function asked(method: "get" | "all", work: () => Promise<unknown>): Promise<string[]> {
  const original = StatementSync.prototype[method];
  const texts: string[] = [];
  const spy = vi.spyOn(StatementSync.prototype, method).mockImplementation(function (
    this: StatementSync,
    ...parameters
  ) {
    texts.push(this.sourceSQL);
    return Reflect.apply(original, this, parameters);
  });
  await work();
  spy.mockRestore();
  return texts;
}

/** Rows of runs that are read by their id while `work` is at it. */
async function runsRead(work: () => Promise<unknown>): Promise<number> {
  const texts = await asked("get", work);
  return texts.filter((text) => /FROM holdfast_runs WHERE workflow_id/.test(text)).length;
}

it("a run in work is read once from its file, however many steps it commits", async () => {
  const steps = defineWorkflow({
    name: "steps",
    run: async (ctx, count: number) => {
      for (let i = 0; i < count; i++) await ctx.step(`step ${i}`, () => i);
      return count;
    },
  });
  const host = await createHost({ store: openStore(file()), workflows: [steps] });
  onTestFinished(() => host.stop());
  const run = async (input: number): Promise<void> => {
    const handle = await host.start(steps, { workflowId: `run-${input}`, input });
    expect(await handle.result()).toBe(input);
  };
  expect(await runsRead(() => run(50))).toBeLessThanOrEqual(1);
});

it("of a run that is created here and awaited nothing is read, and of one that has ended its output alone", async () => {
  const once = defineWorkflow({ name: "once", run: (ctx) => ctx.step("step", () => "done") });
  const host = await createHost({ store: openStore(file()), workflows: [once] });
  onTestFinished(() => host.stop());
  const entriesRead = async (act: () => Promise<unknown>): Promise<number> => {
    const texts = await asked("all", async () => expect(await act()).toBe("done"));
    return texts.filter((text) => /holdfast_entries/.test(text)).length;
  };
  const handle = await host.start(once);
  expect(await entriesRead(() => handle.result())).toBe(0);
  expect(await entriesRead(() => handle.result())).toBe(1);
});

it("reads that are asked for together share one transaction", async () => {
  const store = openStore(file());
  await createClaimed(store, "run");
  const exec = vi.spyOn(DatabaseSync.prototype, "exec");
  await Promise.all(Array.from({ length: 100 }, () => store.get("run")));
  const transactions = exec.mock.calls.map(([sql]) => sql);
  exec.mockRestore();
  expect(transactions).toEqual(["BEGIN", "COMMIT"]);
});

it("what another connection commits is seen by the next operation", async () => {
  const path = file();
  const [ours, theirs] = [openStore(path), openStore(path)];
  const claim = await createClaimed(ours, "run");
  await commitAs(ours, claim);
  expect(await claimRun(theirs, "run", true)).not.toBeNull();
  const late = ours.driver(claim).commit(batch({ epoch: claim.epoch, expectedRevision: 2 }));
  await expect(late).rejects.toMatchObject({ name: "FencedError" });
  expect(await theirs.delete("run")).toBe(true);
  expect(await ours.get("run")).toBeNull();
});

it("what was rolled back is not remembered", async () => {
  const store = openStore(file());
  const claim = await createClaimed(store, "run");
  const driver = store.driver(claim);
  const commit = (): Promise<void> => driver.commit(batch({ epoch: claim.epoch, expectedRevision: 1 }));
  const run = vi.spyOn(StatementSync.prototype, "run").mockImplementationOnce(() => {
    throw Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 10 });
  });
  await expect(commit()).rejects.toMatchObject({ name: "StorageError" });
  run.mockRestore();
  expect((await store.get("run"))?.revision).toBe(1);
  await commit();
  expect((await store.get("run"))?.revision).toBe(2);
});

it("a look for what is due asks one statement of each workflow when nothing is", async () => {
  const store = openStore(file());
  await createClaimed(store, "run");
  const look = { owner: "idle", leaseMs: 1_000, limit: 10, workflowNames: ["a", "b", "workflow"] };
  expect(await asked("all", () => store.claim(look))).toHaveLength(3);
});
