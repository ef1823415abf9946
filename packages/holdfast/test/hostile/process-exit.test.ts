import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, RunPausedError } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";
import { expect, onTestFinished, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "processes/exits.ts");

/** Runs a host until it has nothing to do, or a body ends its process; gives how it ended. */
function runHost(file: string): Promise<number | null> {
  const child = spawn(process.execPath, [PROGRAM, file], { stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
}

test("a step that ends its process again and again is held, and the run beside it completes", async () => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-exit-"));
  const file = join(directory, "runs.db");
  const store = sqliteStore(file);
  onTestFinished(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const client = createClient({ store });
  await client.start("exits", { workflowId: "bad" });
  await client.start("fine", { workflowId: "good" });
  const codes: (number | null)[] = [];
  do codes.push(await runHost(file));
  while (codes.at(-1) === 7 && codes.length < 20);
  expect(codes.at(-1)).toBe(0);
  // The crash budget of the host is 2: the third start finds that two have come to nothing.
  expect(codes.filter((code) => code === 7).length).toBeLessThanOrEqual(4);
  const error = await client.handle("bad").getError();
  expect(RunPausedError.is(error) && error.reason).toBe("crash-loop");
  expect((error as RunPausedError).message).toContain("to end its process");
  expect(await client.handle("good").result()).toBe("good");
}, 60_000);
