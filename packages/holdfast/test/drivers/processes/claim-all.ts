// Claims due runs until there are none and commits each as completed; prints the ids. Parameters: path, owner.
import { sqliteStore } from "../../../src/sqlite.ts";
import { batch } from "../../../src/testing/conformance/samples.ts";

const [path = "", owner = ""] = process.argv.slice(2);
const store = sqliteStore(path);
for (;;) {
  const { claims } = await store.claim({ owner, leaseMs: 60_000, limit: 3, workflowNames: null });
  if (claims.length === 0) break;
  for (const claim of claims) {
    const done = batch({
      batchId: `${owner} ${claim.workflowId}`,
      epoch: claim.epoch,
      expectedRevision: claim.revision,
    });
    await store.driver(claim).commit({ ...done, status: "completed" });
    process.stdout.write(`${claim.workflowId}\n`);
  }
}
await store.close();
