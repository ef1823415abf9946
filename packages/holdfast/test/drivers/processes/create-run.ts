// Opens a store, creates a run and says so. Parameters: path, workflow id.
import { sqliteStore } from "../../../src/sqlite.ts";
import { newRun } from "../../../src/testing/conformance/samples.ts";

const [path = "", workflowId = ""] = process.argv.slice(2);
const store = sqliteStore(path);
const { created } = await store.create(newRun(workflowId));
await store.close();
process.stdout.write(created ? "created\n" : "found\n");
