import { createHost } from "holdfast";
import { memoryStore } from "holdfast/memory";
import { onTestFinished } from "vitest";
import { openDatabase } from "../src/database.ts";
import { importWorkflow } from "../src/import-workflow.ts";
import { Ledger } from "../src/ledger.ts";
import type { Evidence } from "../src/proof.ts";
import { Target } from "../src/target.ts";
import { Witness } from "../src/witness.ts";

/** A whole import in this process, in memory. */
export async function runImport(
  file: string,
  approved: boolean,
): Promise<{ output: unknown; error: unknown; evidence: Evidence }> {
  const database = openDatabase(":memory:");
  const target = new Target(database);
  const ledger = new Ledger(database);
  const workflow = importWorkflow({ target, ledger });
  const host = await createHost({ store: memoryStore(), workflows: [workflow] });
  onTestFinished(async () => {
    await host.stop();
    database.close();
  });
  const handle = await host.start(workflow, { workflowId: "import", input: { file, rowsPerBatch: 2 } });
  await handle.send("decision", { approved, by: "Ada" });
  const [ended] = await Promise.allSettled([handle.result()]);
  const history = await handle.history();
  const witness = new Witness(ledger);
  witness.look(history);
  return {
    output: ended.status === "fulfilled" ? ended.value : undefined,
    error: ended.status === "rejected" ? ended.reason : undefined,
    evidence: { history, starts: ledger.starts("import"), witness, target },
  };
}
