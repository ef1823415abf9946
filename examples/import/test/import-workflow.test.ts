import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runWorkflow } from "holdfast";
import { memoryDriver } from "holdfast/memory";
import { expect, test, onTestFinished } from "vitest";
import { openDatabase } from "../src/database.ts";
import { importWorkflow } from "../src/import-workflow.ts";
import { Ledger } from "../src/ledger.ts";
import { importStraightThrough, proveOnce, proveSame, proveUndone } from "../src/proof.ts";
import { Target } from "../src/target.ts";

test("x", async () => {
  const folder = mkdtempSync(join(tmpdir(), "x-")); onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "a.csv"); writeFileSync(file, `a,b\n${Array.from({length:60},(_, i)=>`${i},x${i}`).join("\n")}\n`);
  for (const approved of [true, false]) {
    const db = openDatabase(":memory:"); const target = new Target(db); const ledger = new Ledger(db);
    const handle = runWorkflow("first", importWorkflow({target, ledger}), { file, rowsPerBatch: 2 }, memoryDriver(), { mode: "live" });
    await handle.send("decision", { approved, by: "Ada" });
    const result = await handle.result.catch((e: unknown) => e);
    console.log(result);
    const evidence = { history: await handle.history(), starts: ledger.starts(), target };
    const straight = new Target(openDatabase(":memory:")); await importStraightThrough(file, straight);
    console.log(proveOnce(evidence), proveSame(evidence, straight), proveUndone(evidence), evidence.history.revision, target.contents("first"));
    if(approved) console.log(evidence.history.entries.map(e=>[e.id,e.status,e.attempts].join(" ")).slice(0,30));
  }
});
