import type { Claim } from "../../storage/store.ts";
import { claimDue, claimRun, commitAs, createClaimed, createParked, dueIds } from "./claimed-run.ts";
import { casesOf } from "./conformance-case.ts";
import { expectEqual } from "./expectations.ts";
import { message, newRun } from "./samples.ts";
import { type StoreContext, withStore } from "./store-context.ts";

/** What becomes of a run's time while somebody holds it, and what requests leave of it. */
export const timeCases = casesOf<StoreContext>({
  "due-behind-lease": [
    "makes a run due at its own time, where its dead holder's lease ends before",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const wakeAt = clock.now() + 50_000;
        await createParked(store, "asleep", { wakeAt });
        await claimRun(store, "asleep");
        await createClaimed(store, "delayed", { wakeAt });
        clock.advance(10_000);
        expectEqual(
          await claimDue(store),
          { claims: [], nextDueAt: wakeAt, storeTime: clock.now() },
          "what can be claimed at the leases' end",
        );
        clock.advance(40_000);
        expectEqual((await dueIds(store)).sort(), ["asleep", "delayed"], "due runs at their time");
      }),
  ],
  "due-backing-off": [
    "makes a run that rolls back due at the time that it waits for, and not before",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const claim = await createClaimed(store, "a");
        await commitAs(store, claim, { status: "rolling_back", wakeAt: clock.now() + 50_000 });
        clock.advance(49_999);
        expectEqual(await dueIds(store), [], "due runs before");
        clock.advance(1);
        expectEqual(await dueIds(store), ["a"], "due runs at the time");
      }),
  ],
  "due-as-told": [
    "gives a run at the very instant that it told as the next",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createClaimed(store, "leased");
        await createParked(store, "asleep", { wakeAt: clock.now() + 20_000 });
        await store.create(newRun("delayed", { wakeAt: clock.now() + 30_000 }));
        for (const expected of ["leased", "asleep", "delayed"]) {
          const { claims, nextDueAt } = await claimDue(store);
          expectEqual(claims, [], `what is due before "${expected}"`);
          clock.advance((nextDueAt ?? 0) - clock.now());
          const [due] = (await claimDue(store)).claims;
          expectEqual(due?.workflowId, expected, "the due run");
          if (due !== undefined) await commitAs(store, due, { status: "completed" });
        }
      }),
  ],
  "record-last-commit": [
    "tells the time of the last commit, which no claim, renewal, release, message or request moves",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "a", { wants: ["m"] });
        const committedAt = clock.now();
        let claim: Claim | null = null;
        const moves: Record<string, () => Promise<unknown>> = {
          "a message": () => store.enqueue("a", message("1")),
          "a request": () => store.request("a", "pause"),
          "a claim": async () => {
            claim = await claimRun(store, "a");
          },
          "a renewal": () => store.renew("another", claim === null ? [] : [claim]),
          "a release": async () => claim === null || store.release(claim),
        };
        for (const [what, move] of Object.entries(moves)) {
          clock.advance(1);
          await move();
          const told = [await store.get("a"), ...(await store.list({ limit: 1 })).runs];
          expectEqual(
            told.map((run) => run?.updatedAt),
            [committedAt, committedAt],
            `the time after ${what}`,
          );
        }
      }),
  ],
  "pause-kept": [
    "keeps the request to pause through commits and releases, until the run is paused",
    (context) =>
      withStore(context, async ({ store }) => {
        const claim = await createClaimed(store, "a");
        await store.request("a", "pause");
        await commitAs(store, claim);
        expectEqual((await store.get("a"))?.requested, "pause", "the request after a commit");
        await store.release(claim);
        const [next] = (await claimDue(store)).claims;
        expectEqual([next?.workflowId, next?.requested], ["a", "pause"], "the next claim");
        if (next !== undefined) await commitAs(store, next, { status: "sleeping" });
        expectEqual((await store.get("a"))?.requested, "pause", "the request after it was parked");
      }),
  ],
  "pause-asleep": [
    "leaves a sleeping run asleep that is asked to pause, and keeps the request through a wake",
    (context) =>
      withStore(context, async ({ store }) => {
        await createParked(store, "a");
        await store.request("a", "pause");
        expectEqual(await dueIds(store), [], "due runs after the request");
        await store.request("a", "wake");
        const [claim] = (await claimDue(store)).claims;
        expectEqual([claim?.workflowId, claim?.requested], ["a", "pause"], "the claim after a wake");
      }),
  ],
});
