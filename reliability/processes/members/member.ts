// One process of the rig: a worker, a sender, an operator, or several of them at once. Parameter: its configuration as JSON.

import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { createClient, createHost, type WorkflowStore } from "#holdfast/index.ts";
import { sqliteStore } from "#holdfast/sqlite.ts";
import { LedgerClient } from "../ledger/ledger-client.ts";
import { PROGRAM_WORKFLOW, programWorkflow } from "../programs/workflow.ts";
import { endsWithParent } from "../round/ends-with-parent.ts";
import { Claims } from "./claims.ts";
import { failpointDatabase } from "./failpoint-database.ts";
import { FAILPOINT_VARIABLE, Failpoints } from "./failpoints.ts";
import { lookingClock } from "./looking-clock.ts";
import type { MemberConfig, Plan, WorkerConfig } from "./member-config.ts";
import { nothingGoesOn } from "./nothing-goes-on.ts";
import { operate } from "./operator.ts";
import { recordedStore } from "./recorded-store.ts";
import { sendShare } from "./sender.ts";
import { untilStored } from "./until-stored.ts";
import type { World } from "./world.ts";

async function takePart(config: MemberConfig): Promise<void> {
  const { name, files, work, send } = config;
  const ledger = await LedgerClient.connect(name, files.socket);
  const failpoints = new Failpoints(process.env[FAILPOINT_VARIABLE]);
  const claims = new Claims();
  const database = failpointDatabase(new DatabaseSync(files.database), failpoints);
  const store = recordedStore(sqliteStore({ database }), { ledger, failpoints, claims });
  const client = createClient({ store, pollMs: 200 });
  let tokens = 0;
  const world: World = {
    ledger,
    failpoints,
    claims,
    clock: lookingClock(),
    version: work?.version ?? 1,
    token: () => `${name}.${process.pid}.${tokens++}`,
    async startRun(workflowId, input) {
      // What the storage does to the rig's own bodies is not to look like a failure of theirs.
      await untilStored(() => client.start(PROGRAM_WORKFLOW, { workflowId, input }));
    },
  };
  const plan = JSON.parse(readFileSync(files.plan, "utf8")) as Plan;
  if (work !== null) await startHost(store, world, work);
  process.stdout.write("ready\n");
  await Promise.all([
    send === null ? null : sendShare(client, ledger, plan, send),
    config.operate ? operate(client, ledger, plan) : null,
  ]);
  if (work !== null && send !== null) await nothingGoesOn(client);
  if (work === null || send !== null) process.exit();
}

async function startHost(store: WorkflowStore, world: World, work: WorkerConfig): Promise<void> {
  const { leaseMs, concurrency, cacheSize, crashBudget } = work;
  await createHost({
    store,
    clock: world.clock,
    workflows: [programWorkflow(world)],
    leaseMs,
    concurrency,
    cacheSize,
    limits: { crashBudget },
    pollMs: 200,
    drainOnSignal: true,
  });
}

endsWithParent();
await takePart(JSON.parse(process.argv[2] as string) as MemberConfig);
