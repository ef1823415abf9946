import { setTimeout } from "node:timers/promises";
import { createHost } from "../../../src/host/create-host.ts";
import { defineWorkflow } from "../../../src/model/workflow.ts";
import { sqliteStore } from "../../../src/sqlite.ts";

/** A host on the file, until both runs are ended or held; a body of one of them ends the process. */
const [, , file = ""] = process.argv;

const exits = defineWorkflow({
  name: "exits",
  run: (ctx) => ctx.step("exit", () => process.exit(7)),
});
const fine = defineWorkflow({ name: "fine", run: (ctx) => ctx.step("good", () => "good") });

const store = sqliteStore(file);
const host = await createHost({
  store,
  workflows: [exits, fine],
  leaseMs: 200,
  pollMs: 20,
  limits: { crashBudget: 2 },
});
const settled = new Set(["completed", "paused"]);
while (true) {
  const states = await Promise.all(["bad", "good"].map((id) => host.handle(id).getState()));
  if (states.every((state) => settled.has(String(state)))) break;
  await setTimeout(20);
}
await host.stop();
await store.close();
