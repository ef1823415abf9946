// Claims a run and commits steps for ever; prints a step's number when its commit was acknowledged, not before.
// Each step writes three rows and the header with its number. Parameters: path, workflow id.
import { writeSync } from "node:fs";
import { sqliteStore } from "../../../src/sqlite.ts";
import { batch, newRun, row } from "../../../src/testing/conformance/samples.ts";

const [path = "", workflowId = ""] = process.argv.slice(2);
const store = sqliteStore(path);
await store.create(newRun(workflowId));
const run = { workflowId, force: true };
const { claims } = await store.claim({
  owner: String(process.pid),
  leaseMs: 60_000,
  limit: 1,
  workflowNames: null,
  run,
});
const [claim] = claims;
if (claim === undefined) throw new Error("The run could not be claimed.");
const driver = store.driver(claim);
for (let step = claim.revision; ; step++) {
  const number = [step >>> 16, (step >>> 8) & 255, step & 255];
  const puts = [1, 2, 3].map((part) => row([...number, part], number));
  await driver.commit(
    batch({ epoch: claim.epoch, expectedRevision: step, header: Uint8Array.from(number), puts }),
  );
  writeSync(1, `${step}\n`);
}
