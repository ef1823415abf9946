import { createHost } from "holdfast";
import { sqliteStore } from "holdfast/sqlite";
import { openDatabase } from "./database.ts";
import { importWorkflow } from "./import-workflow.ts";
import { Ledger } from "./ledger.ts";
import { Target } from "./target.ts";

// The worker process: it runs whatever is due in the store. It knows nothing of kills, and need not.

const [storeFile = "", targetFile = ""] = process.argv.slice(2);
const database = openDatabase(targetFile);
const workflow = importWorkflow({ target: new Target(database), ledger: new Ledger(database) });

const store = sqliteStore(storeFile);
const host = await createHost({
  store,
  workflows: [workflow],
  // A worker that was killed holds its runs until the lease ends: a short one lets the next worker go on soon.
  leaseMs: 1_000,
  pollMs: 50,
});

// The supervisor hangs up when there is nothing left to do, or when it has died itself.
process.once("disconnect", async () => {
  await host.stop();
  await store.close();
  database.close();
});
