import { claimDue, commitAs, createClaimed, createParked, dueIds } from "./claimed-run.ts";
import { casesOf } from "./conformance-case.ts";
import { expectEqual } from "./expectations.ts";
import { newRun, send } from "./samples.ts";
import { type StoreContext, withStore } from "./store-context.ts";

const RUNS = 150;

const ids = Array.from({ length: RUNS }, (_, index) => `run ${index}`);

/** How many runs one call may be about. */
export const storeAmountCases = casesOf<StoreContext>({
  "amounts-of-leases": [
    "claims 150 runs in one call, and renews 150 leases in one",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await Promise.all(ids.map((id) => store.create(newRun(id))));
        const { claims } = await claimDue(store, { limit: RUNS });
        expectEqual(claims.length, RUNS, "claims");
        clock.advance(9_000);
        const renewed = await store.renew("owner", claims);
        expectEqual(
          renewed.map(({ workflowId, held }) => [workflowId, held]),
          claims.map(({ workflowId }) => [workflowId, true]),
          "what was renewed",
        );
        clock.advance(9_999);
        expectEqual(await dueIds(store, RUNS), [], "due runs before the renewed leases end");
      }),
  ],
  "amounts-of-receivers": [
    "starts 150 runs and sends a message to each in one commit",
    (context) =>
      withStore(context, async ({ store }) => {
        const claim = await createClaimed(store, "a");
        await commitAs(store, claim, {
          spawn: ids.map((id) => newRun(id)),
          send: ids.map((id) => send(id, "1")),
        });
        expectEqual((await dueIds(store, RUNS + 1)).length, RUNS, "due runs");
        expectEqual((await store.statistics()).queuedMessages, RUNS, "queued messages");
      }),
  ],
  "amounts-of-names": [
    "makes a run due with a message of the last of 500 names",
    (context) =>
      withStore(context, async ({ store }) => {
        const names = Array.from({ length: 500 }, (_, index) => `name ${index}`);
        await createParked(store, "a", { wants: names });
        const claim = await createClaimed(store, "b");
        await commitAs(store, claim, { send: [send("a", "1", { name: "name 500" })] });
        expectEqual(await dueIds(store), [], "due runs after one of another name");
        await commitAs(store, claim, { send: [send("a", "2", { name: "name 499" })] });
        expectEqual(await dueIds(store), ["a"], "due runs");
      }),
  ],
});
