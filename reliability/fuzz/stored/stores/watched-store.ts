import type { WorkflowStore } from "#holdfast/index.ts";

/** A store, and how often each run was claimed from it. */
export interface WatchedStore {
  readonly store: WorkflowStore;
  readonly claims: ReadonlyMap<string, number>;
}

export function watchedStore(store: WorkflowStore): WatchedStore {
  const claims = new Map<string, number>();
  const watched: WorkflowStore = {
    create: (run, claim) => store.create(run, claim),
    get: (workflowId) => store.get(workflowId),
    list: (query) => store.list(query),
    claim: async (request) => {
      const outcome = await store.claim(request);
      for (const { workflowId } of outcome.claims) claims.set(workflowId, (claims.get(workflowId) ?? 0) + 1);
      return outcome;
    },
    renew: (owner, held) => store.renew(owner, held),
    release: (claim) => store.release(claim),
    driver: (claim) => store.driver(claim),
    enqueue: (workflowId, message) => store.enqueue(workflowId, message),
    response: (workflowId, messageId) => store.response(workflowId, messageId),
    request: (workflowId, what) => store.request(workflowId, what),
    delete: (workflowId, epoch) => store.delete(workflowId, epoch),
    wait: (topic, signal) => store.wait(topic, signal),
    statistics: () => store.statistics(),
    close: () => store.close(),
  };
  return { store: watched, claims };
}
