import type { EngineDriver } from "holdfast";

/** A driver that answers until it is killed. */
export function mortal(inner: EngineDriver): { driver: EngineDriver; kill: () => Promise<void> } {
  let alive = true;
  const sent = new Set<Promise<unknown>>();
  const answer = async <T>(promise: Promise<T>): Promise<T> => {
    const value = await promise;
    return alive ? value : new Promise(() => {});
  };
  const call = <T>(make: () => Promise<T>): Promise<T> => {
    if (!alive) return new Promise(() => {});
    const work = make();
    sent.add(work);
    const arrived = (): boolean => sent.delete(work);
    work.then(arrived, arrived);
    return answer(work);
  };
  const driver: EngineDriver = {
    limits: inner.limits,
    load: () => call(() => inner.load()),
    list: (prefix, page) => call(() => inner.list(prefix, page)),
    commit: (batch) => call(() => inner.commit(batch)),
    applied: (batchId) => call(() => inner.applied(batchId)),
    peekMessages: (names, count) => call(() => inner.peekMessages(names, count)),
    enqueueMessage: (message) => call(() => inner.enqueueMessage(message)),
    // A wait is no work, and may never end.
    waitForMessages: (names, signal) =>
      alive ? answer(inner.waitForMessages(names, signal)) : new Promise(() => {}),
  };
  const kill = async (): Promise<void> => {
    alive = false;
    await Promise.allSettled(sent);
  };
  return { driver, kill };
}
