import { definitionOf } from "../model/workflow.ts";
import { engineSettings } from "../system/engine-settings.ts";
import { checkClientOptions } from "./check-options.ts";
import type { Client } from "./client.ts";
import { type ClientOptions, DEFAULT_LEASE_MS } from "./host-options.ts";
import { noLocalRuns } from "./local-runs.ts";
import { clientFace, namedOnly, StoreClient } from "./store-client.ts";
import { openSession } from "./store-session.ts";

/**
 * A client of a store, for processes that start and control runs and run none.
 * @throws InvalidArgumentError
 *
 * @example
 * const client = createClient({ store: sqliteStore("orders.db") });
 * await client.start("order", { workflowId: "order-123", input: { orderId: "123" } });
 */
export function createClient(options: ClientOptions): Client {
  const checked = checkClientOptions(options);
  const session = openSession(engineSettings(options), { ...checked, leaseMs: DEFAULT_LEASE_MS });
  const client = new StoreClient({
    session,
    local: noLocalRuns,
    definitionOf: null,
    resolve: (workflow) => (typeof workflow === "string" ? namedOnly(workflow) : definitionOf(workflow)),
    create: (run) => session.store.create(run),
    send: async (workflowId, message) => void (await session.store.enqueue(workflowId, message)),
  });
  return clientFace(client);
}
