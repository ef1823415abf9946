import type { CommitBatch } from "../../storage/records.ts";
import { claimDue, claimRun, commitAs, createClaimed, createParked, dueIds } from "./claimed-run.ts";
import { casesOf } from "./conformance-case.ts";
import { expectEqual, expectRejection } from "./expectations.ts";
import { type StoreContext, withStore } from "./store-context.ts";

/** Keeping and giving up a claim. */
export const leaseCases = casesOf<StoreContext>({
  "lease-renew": [
    "extends a lease that is held",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const claim = await createClaimed(store, "a");
        clock.advance(9_000);
        const outcome = await store.renew("owner", [claim]);
        expectEqual(outcome, [{ workflowId: "a", epoch: 1, held: true, requested: null }], "the outcome");
        clock.advance(9_999);
        expectEqual(await dueIds(store), [], "due runs before the new end");
        clock.advance(1);
        expectEqual(await dueIds(store), ["a"], "due runs after it");
      }),
  ],
  "lease-renew-many": [
    "renews what is held and tells of each of the others",
    (context) =>
      withStore(context, async ({ store }) => {
        const held = await createClaimed(store, "held");
        const released = await createClaimed(store, "released");
        await store.release(released);
        await store.request("held", "pause");
        const unknown = { workflowId: "unknown", epoch: 1, leaseMs: 1 };
        const claims = [released, { ...held, epoch: 2 }, held, unknown];
        const lost = { held: false, requested: null };
        const expected = [
          { workflowId: "released", epoch: 1, ...lost },
          { workflowId: "held", epoch: 2, ...lost },
          { workflowId: "held", epoch: 1, held: true, requested: "pause" },
          { workflowId: "unknown", epoch: 1, ...lost },
        ];
        expectEqual(await store.renew("owner", claims), expected, "the outcome");
        expectEqual(
          (await store.renew("another", [held])).map((one) => one.held),
          [false],
          "a renewal by another",
        );
        expectEqual(await store.renew("owner", []), [], "a renewal of nothing");
      }),
  ],
  "lease-renew-lengths": [
    "extends each of several leases by its own length",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const short = { ...(await createClaimed(store, "short")), leaseMs: 1_000 };
        const long = { ...(await createClaimed(store, "long")), leaseMs: 60_000 };
        await store.renew("owner", [short, long]);
        clock.advance(59_999);
        expectEqual(await dueIds(store), ["short"], "due runs before the longer one's end");
        clock.advance(1);
        expectEqual(await dueIds(store), ["long"], "due runs at it");
      }),
  ],
  "lease-expired": [
    "does not renew a lease that has ended, though nobody took it",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const claim = await createClaimed(store, "a");
        clock.advance(10_000);
        expectEqual(
          (await store.renew("owner", [claim])).map(({ held }) => held),
          [false],
          "whether it is held",
        );
        expectEqual((await store.get("a"))?.lease, null, "the lease");
        expectEqual(await dueIds(store), ["a"], "due runs");
      }),
  ],
  "lease-store-clock": [
    "reckons leases by its own clock, not by times that callers name",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createClaimed(store, "a", { createdAt: clock.now() + 3_600_000 });
        await createClaimed(store, "b", { createdAt: 1 });
        expectEqual(await dueIds(store), [], "due runs");
        clock.advance(10_000);
        expectEqual((await dueIds(store)).sort(), ["a", "b"], "due runs after the leases' end");
      }),
  ],
  "release-due": [
    "makes a released run due by what is stored",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const running = await createClaimed(store, "running");
        await createParked(store, "asleep", { wakeAt: clock.now() + 50_000 });
        const asleep = await claimRun(store, "asleep");
        await store.release(running);
        if (asleep !== null) await store.release(asleep);
        expectEqual(await dueIds(store), ["running"], "due runs");
        const late = await createClaimed(store, "late");
        clock.advance(10_000);
        await store.release(late);
        const { claimsWithoutCommit } = (await store.driver(late).load()) ?? {};
        expectEqual(claimsWithoutCommit, 0, "claims that count, one given back after its lease left out");
        clock.advance(40_000);
        expectEqual((await dueIds(store)).includes("asleep"), true, "whether the other is due at its time");
      }),
  ],
  "release-conditional": [
    "releases nothing for a claim that is lost, given up or unknown",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const old = await createClaimed(store, "a");
        clock.advance(10_000);
        await claimDue(store);
        await store.release(old);
        await store.release({ workflowId: "a", epoch: 99 });
        await store.release({ workflowId: "unknown", epoch: 1 });
        expectEqual(await dueIds(store), [], "due runs");
      }),
  ],
  "release-fences": [
    "fences a commit after a release",
    (context) =>
      withStore(context, async ({ store }) => {
        const claim = await createClaimed(store, "a");
        await store.release(claim);
        await expectRejection(commitAs(store, claim), "FENCED", "a commit after the release");
        expectEqual(
          (await store.renew("owner", [claim])).map(({ held }) => held),
          [false],
          "whether it is held",
        );
      }),
  ],
  "commit-gives-up": [
    "gives up the claim with a commit that parks or ends the run, and fences what follows",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const parks: Partial<CommitBatch>[] = [
          { status: "sleeping" },
          { status: "sleeping", wakeAt: clock.now() + 9 },
          { status: "rolling_back", wakeAt: clock.now() + 9 },
          { status: "paused" },
          { status: "completed" },
          { status: "failed" },
          { status: "cancelled" },
        ];
        for (const [index, parts] of parks.entries()) {
          const claim = await createClaimed(store, `run ${index}`);
          await commitAs(store, claim, parts);
          expectEqual((await store.get(claim.workflowId))?.lease, null, `the lease after ${parts.status}`);
          await expectRejection(commitAs(store, claim), "FENCED", `a commit after ${parts.status}`);
        }
      }),
  ],
  "commit-keeps": [
    "keeps the claim with a commit of a run that goes on",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const claim = await createClaimed(store, "a");
        const until = clock.now() + 10_000;
        for (const parts of [
          { status: "running" },
          { status: "running", wakeAt: clock.now() + 5 },
          { status: "rolling_back" },
          { status: "pending" },
        ] as const) {
          clock.advance(1_000);
          await commitAs(store, claim, parts);
          expectEqual(
            (await store.get("a"))?.lease,
            { owner: "owner", until },
            `the lease after ${parts.status}`,
          );
        }
      }),
  ],
});
