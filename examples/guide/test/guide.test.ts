import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { crashEverywhere, createTestHost } from "holdfast/testing";
import { expect, test } from "vitest";
import { account } from "../src/account.ts";
import { approval } from "../src/approval.ts";
import { backup } from "../src/backup.ts";
import { journey } from "../src/journey.ts";
import { payment } from "../src/payment.ts";
import { shopping } from "../src/shopping.ts";
import { subscription } from "../src/subscription.ts";
import { welcome, welcomeToday } from "../src/welcome.ts";
import { remembering } from "./services.ts";

/** What the first program writes when it is started in a folder. */
async function firstProgram(folder: string): Promise<string[]> {
  const program = fileURLToPath(new URL("../src/first.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: folder });
  return stdout.trim().split("\n");
}

test("the first program greets once, however often it is started", async () => {
  const folder = mkdtempSync(join(tmpdir(), "guide-"));
  try {
    const [hello, bye, result] = await firstProgram(folder);
    expect([hello, bye]).toEqual(["Hello, Ada!", "Goodbye, Ada."]);
    expect(await firstProgram(folder)).toEqual([result]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a charge that fails twice is made once, under one key", async () => {
  const { done, bank } = remembering();
  const keys: string[] = [];
  const charge: typeof bank.charge = async (card, cents, call) => {
    keys.push(call.idempotencyKey);
    if (keys.length < 3) throw new Error("The bank is busy.");
    return await bank.charge(card, cents, call);
  };
  const workflow = payment({ ...bank, charge });
  const host = await createTestHost({ workflows: [workflow] });
  const handle = await host.start(workflow, { workflowId: "p1", input: { card: "4711", cents: 500 } });
  expect(await host.settle(handle.result())).toEqual({ charge: "charge-1", mailed: true });
  expect(new Set(keys).size).toBe(1);
  expect(done).toEqual([`charge 4711 500 ${keys[0]}`, "receipt charge-1"]);
  await host.stop();
});

test("who does not answer is reminded, and the answer ends it", async () => {
  const { done, mail } = remembering();
  const workflow = approval(mail);
  const host = await createTestHost({ workflows: [workflow] });
  const handle = await host.start("approval", { input: { document: "plan.pdf", boss: "ada@example.org" } });
  await host.advance("3d");
  await handle.send("decision", { approved: true, by: "Ada" });
  expect(await host.settle(handle.result())).toEqual({ approved: true, by: "Ada" });
  expect(done).toEqual([
    "ada@example.org: Please look at plan.pdf.",
    "ada@example.org: plan.pdf still waits for you.",
  ]);
  await host.stop();
});

test("an account answers what it is asked until it is closed", async () => {
  const host = await createTestHost({ workflows: [account] });
  const handle = await host.start(account, { workflowId: "ada" });
  expect(await host.settle(handle.request("deposit", 30))).toEqual({ balance: 30 });
  expect(await host.settle(handle.request("deposit", 12))).toEqual({ balance: 42 });
  expect(await host.settle(handle.request("close"))).toEqual({ balance: 42 });
  expect(await host.settle(handle.result())).toBe("closed with 42");
  await host.stop();
});

test("a subscription bills every month for ten years, and ends when it is cancelled", async () => {
  const bills: string[] = [];
  const { bank } = remembering();
  const workflow = subscription({
    ...bank,
    charge: async (_card, _cents, { idempotencyKey }) => {
      bills.push(new Date(host.clock.now()).toISOString().slice(0, 10));
      return idempotencyKey;
    },
  });
  const host = await createTestHost({ workflows: [workflow], now: Date.UTC(2031, 0, 31) });
  const handle = await host.start(workflow, { workflowId: "ada", input: { card: "4711", cents: 900 } });
  await host.advance(Date.UTC(2041, 0, 10) - host.clock.now());
  expect(bills).toHaveLength(120);
  expect(bills.slice(0, 3)).toEqual(["2031-01-31", "2031-02-28", "2031-03-31"]);
  await handle.send("cancel", { reason: "Moved away." });
  expect(await host.settle(handle.result())).toEqual({ paid: 120, ended: "Moved away." });
  await host.stop();
});

test("a backup can be asked how far it is", async () => {
  const host = await createTestHost({
    workflows: [backup({ copy: async (file) => (file.endsWith("7") ? host.clock.sleep("1s") : undefined) })],
  });
  const files = Array.from({ length: 250 }, (_, index) => `file-${index}`);
  const handle = await host.start("backup", { input: { files } });
  await host.advance("1s");
  expect(await host.settle(handle.request("progress"))).toEqual({ done: 100, of: 250 });
  expect(await host.settle(handle.result())).toEqual({ copied: 250 });
  await host.stop();
});

test("a backup survives a crash anywhere", async () => {
  const files = ["a", "b", "c"];
  await crashEverywhere({
    name: "backup",
    workflow: backup({ copy: async () => {} }),
    input: { files },
    messages: [{ name: "progress", completable: true }],
  });
});

test("the cheapest shop counts, and nothing is bought without a word", async () => {
  const workflow = shopping({ ask: async (shop, article) => (shop === "west" ? 2 : article.length) });
  const host = await createTestHost({ workflows: [workflow] });
  const handle = await host.start(workflow, { workflowId: "s1", input: { articles: ["tea", "a"] } });
  await host.advance("1s");
  await handle.send("confirmed");
  expect(await host.settle(handle.result())).toEqual({ total: 3, bought: true });
  const late = await host.start(workflow, { workflowId: "s2", input: { articles: [] } });
  expect(await host.settle(late.result())).toEqual({ total: 0, bought: false });
  await host.stop();
});

test("a journey without a car is taken back, last booking first", async () => {
  const { done, travel } = remembering();
  const workflow = journey({
    ...travel,
    book: async (what) => {
      if (what === "car") throw new Error("No cars left.");
      return await travel.book(what);
    },
  });
  const host = await createTestHost({ workflows: [workflow] });
  const handle = await host.start(workflow, { workflowId: "j1" });
  await expect(host.settle(handle.result())).rejects.toThrow("car");
  expect(done).toEqual(["book flight", "book hotel", "cancel hotel-1", "cancel flight-1"]);
  await host.stop();
});

test("a deploy changes what comes next, not what a run has behind it", async () => {
  const { done, mail } = remembering();
  const [first, second] = [welcome(mail), welcomeToday(mail)];
  const before = await createTestHost({ workflows: [first] });
  const old = await before.start(first, { workflowId: "old", input: { user: "ada" } });
  await before.advance("1d");
  await before.stop();
  const today = await createTestHost({ workflows: [second], beside: before });
  const fresh = await today.start(second, { workflowId: "new", input: { user: "eve" } });
  await today.settle(today.handle(old.workflowId).result());
  await today.settle(fresh.result());
  expect(done).toEqual([
    "ada: Welcome!",
    "eve: Welcome!",
    "eve: This is how it works.",
    "ada: Thank you for staying.",
    "eve: Thank you for staying.",
  ]);
  await today.stop();
});

test("runs that are held can be found, and say why", async () => {
  const { mail } = remembering();
  const workflow = approval(mail);
  const host = await createTestHost({ workflows: [workflow] });
  const started = await host.start(workflow, { input: { document: "plan.pdf", boss: "ada@example.org" } });
  await host.advance("1d");
  await host.settle(started.pause());
  const held: unknown[] = [];
  for (const { workflowId } of (await host.list({ status: "paused" })).runs) {
    const handle = host.handle(workflowId);
    held.push(workflowId, await handle.getError());
    await handle.resume();
  }
  expect(held).toEqual([started.workflowId, expect.objectContaining({ name: "RunPausedError" })]);
  await host.advance("1d");
  expect(await started.getState()).toBe("sleeping");
  await host.stop();
});

test("the guide shows the programs as they are", () => {
  const guide = readFileSync(new URL("../../../docs/guide.md", import.meta.url), "utf8");
  const shown = [...guide.matchAll(/^<!-- (\S+) -->\n```ts\n(.*?)^```$/gms)];
  expect(shown.length).toBeGreaterThan(6);
  for (const [, file, code] of shown) {
    const source = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
    expect(source, `${file} has what the guide shows of it`).toContain(code);
  }
});
