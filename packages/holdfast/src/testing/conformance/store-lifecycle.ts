import type { WorkflowStore } from "../../storage/store.ts";
import { claimDue, claimRun, commitAs, createClaimed, createParked, dueIds } from "./claimed-run.ts";
import { casesOf } from "./conformance-case.ts";
import { expectEqual, expectOffered, expectRejection } from "./expectations.ts";
import { batch, bytes, message, newRun, row } from "./samples.ts";
import { type StoreContext, withStore } from "./store-context.ts";
import { WatchedSignal } from "./watched-signal.ts";
import { rowsUnder } from "./whole-run.ts";

/** Every call of a store and of its drivers. */
function allCalls(store: WorkflowStore): (() => Promise<unknown>)[] {
  const driver = store.driver({ workflowId: "a", epoch: 1 });
  return [
    () => store.create(newRun("z")),
    () => store.get("a"),
    () => store.list({ limit: 1 }),
    () => claimDue(store),
    () => store.renew("owner", [{ workflowId: "a", epoch: 1, leaseMs: 1 }]),
    () => store.release({ workflowId: "a", epoch: 1 }),
    () => store.enqueue("a", message("1")),
    () => store.response("a", "1"),
    () => store.request("a", "wake"),
    () => store.delete("a"),
    () => store.statistics(),
    () => driver.load(),
    () => driver.list(bytes()),
    () => driver.commit(batch({ epoch: 1 })),
    () => driver.applied("x"),
    () => driver.peekMessages(null, 1),
    () => driver.enqueueMessage(message("1")),
  ];
}

/** Waiting, restarting, sharing, closing. */
export const lifecycleCases = casesOf<StoreContext>({
  "wait-work": [
    "ends a wait for work when a run becomes due",
    (context) =>
      withStore(context, async ({ store }) => {
        await createParked(store, "a", { wants: ["m"] });
        const watched = new WatchedSignal();
        const becomesDue = [
          () => store.create(newRun("b")),
          () => store.enqueue("a", message("1")),
          () => store.request("a", "wake"),
        ];
        for (const act of becomesDue) {
          const wait = store.wait("work", watched.signal);
          await act();
          await wait;
        }
        expectEqual(watched.listeners, 0, "listeners that are left");
      }),
  ],
  "wait-given-back": [
    "ends a wait for work when a claim is given back",
    (context) =>
      withStore(context, async ({ store }) => {
        const claim = await createClaimed(store, "a");
        const wait = store.wait("work", new AbortController().signal);
        await store.release(claim);
        await wait;
      }),
  ],
  "wait-end": [
    "ends a wait for a run's end when it ends, and when it is deleted",
    (context) =>
      withStore(context, async ({ store }) => {
        const claims = [await createClaimed(store, "a"), await createClaimed(store, "b")] as const;
        const { signal } = new AbortController();
        const waits = claims.map(({ workflowId }) => store.wait({ workflowId, endOnly: true }, signal));
        await commitAs(store, claims[0], { status: "completed" });
        await store.delete("b");
        await Promise.all(waits);
      }),
  ],
  "wait-run": [
    "ends a wait for a run when it changes",
    (context) =>
      withStore(context, async ({ store }) => {
        const claim = await createClaimed(store, "a");
        const watched = new WatchedSignal();
        const changes = [
          () => store.enqueue("a", message("1")),
          () => commitAs(store, claim, { status: "completed" }),
          () => store.delete("a"),
        ];
        for (const change of changes) {
          const wait = store.wait({ workflowId: "a" }, watched.signal);
          await change();
          await wait;
        }
        expectEqual(watched.listeners, 0, "listeners that are left");
      }),
  ],
  "wait-aborted": [
    "ends a wait when its signal aborts, and at once when it has",
    (context) =>
      withStore(context, async ({ store }) => {
        const watched = new WatchedSignal();
        const waits = Array.from({ length: 20 }, (_, index) =>
          store.wait(index % 2 === 0 ? "work" : { workflowId: "a" }, watched.signal),
        );
        watched.abort();
        await Promise.all([...waits, store.wait("work", watched.signal)]);
        expectEqual(watched.listeners, 0, "listeners that are left");
      }),
  ],
  "reopen-all": [
    "has everything after a restart, claims and epochs included",
    (context) =>
      withStore(context, async ({ store, clock, reopen }) => {
        const claim = await createClaimed(store, "a", { entries: [row([1])] });
        await commitAs(store, claim, { puts: [row([2])] });
        await store.request("a", "pause");
        await store.create(newRun("b"));
        const records = (await store.list({ limit: 9 })).runs;
        const again = await reopen();
        expectEqual((await again.list({ limit: 9 })).runs, records, "the records");
        expectEqual((await rowsUnder(again.driver(claim), bytes())).length, 2, "the rows");
        await commitAs(again, claim, { status: "sleeping", wakeAt: clock.now() });
        expectEqual((await claimRun(again, "a"))?.epoch, 2, "the next epoch");
        await again.close();
      }),
  ],
  "second-store": [
    "shares the storage with another store: what one commits the other sees, and fences",
    (context) =>
      withStore(context, async ({ store, second, clock }) => {
        const other = await expectOffered(second, "second")();
        const claim = await createClaimed(store, "a");
        expectEqual((await other.get("a"))?.lease?.owner, "owner", "the owner that the other sees");
        expectEqual(await dueIds(other), [], "due runs while it is leased");
        clock.advance(10_000);
        const [taken] = (await claimDue(other)).claims;
        await expectRejection(commitAs(store, claim), "FENCED", "the first holder's commit");
        if (taken !== undefined) await commitAs(other, taken, { puts: [row([1])] });
        expectEqual(
          (await rowsUnder(store.driver(claim), bytes())).length,
          1,
          "the rows that the first sees",
        );
        const creations = await Promise.all(
          [1, 2, 3, 4].flatMap(() => [store, other].map((one) => one.create(newRun("c")))),
        );
        expectEqual(creations.filter(({ created }) => created).length, 1, "creations of one run by both");
        await other.close();
      }),
  ],
  "second-store-wait": [
    "ends waits when another store of the storage changes something",
    (context) =>
      withStore(context, async ({ store, second }) => {
        const other = await expectOffered(second, "second")();
        await createParked(store, "a", { wants: ["m"] });
        const { signal } = new AbortController();
        const driver = store.driver({ workflowId: "a", epoch: 1 });
        const waits = [
          store.wait("work", signal),
          store.wait({ workflowId: "a" }, signal),
          driver.waitForMessages(null, signal),
        ];
        await other.enqueue("a", message("1"));
        await Promise.all(waits);
        await other.close();
      }),
  ],
  "close-settles": [
    "settles what is in flight when it closes, and ends all waits",
    (context) =>
      withStore(context, async ({ store, reopen }) => {
        const { signal } = new AbortController();
        const waits = [
          store.wait("work", signal),
          store.wait({ workflowId: "b" }, signal),
          store.driver({ workflowId: "a", epoch: 0 }).waitForMessages(null, signal),
          store.driver({ workflowId: "b", epoch: 0 }).waitForMessages(null, signal),
        ];
        const created = store.create(newRun("a"));
        await Promise.all([store.close(), store.close(), ...waits]);
        expectEqual((await created).created, true, "a creation in flight");
        await store.close();
        const again = await reopen();
        expectEqual((await again.get("a"))?.workflowId, "a", "the run after a restart");
        await again.close();
      }),
  ],
  "close-refuses": [
    "refuses every call after it was closed",
    (context) =>
      withStore(context, async ({ store }) => {
        await createClaimed(store, "a");
        await store.close();
        for (const call of allCalls(store))
          await expectRejection(call(), "STORE_CLOSED", "a call after close()");
        const { signal } = new AbortController();
        await store.wait("work", signal);
        await store.driver({ workflowId: "a", epoch: 1 }).waitForMessages(null, signal);
      }),
  ],
});
