import type { RunState } from "../../model/run.ts";
import { claimDue, claimRun, commitAs, createClaimed, createParked, dueIds } from "./claimed-run.ts";
import { casesOf } from "./conformance-case.ts";
import { expectEqual, expectRejection, expectTrue } from "./expectations.ts";
import { batch, message, newRun, row } from "./samples.ts";
import { type StoreContext, withStore } from "./store-context.ts";
import { rowsUnder } from "./whole-run.ts";

/** Claims: epochs that grow, leases by the store's clock, fencing of those who lost theirs. */
export const claimCases = casesOf<StoreContext>({
  "claim-outcome": [
    "tells a claim's epoch, revision, time and lease",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "a", { wakeAt: clock.now() });
        const expected = { workflowId: "a", workflowName: "w", epoch: 2, revision: 2, leaseMs: 10_000 };
        const claim = { ...expected, claimsWithoutCommit: 1, storeTime: clock.now(), requested: null };
        expectEqual(
          await claimDue(store),
          { claims: [claim], nextDueAt: null, storeTime: clock.now() },
          "the outcome",
        );
        expectEqual(
          (await store.get("a"))?.lease,
          { owner: "owner", until: clock.now() + 10_000 },
          "the lease",
        );
      }),
  ],
  "claim-epochs": [
    "raises the epoch with every claim, released and expired ones included",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const epochs = [(await createClaimed(store, "a")).epoch];
        for (const how of ["expire", "release", "expire", "force"]) {
          if (how === "expire") clock.advance(10_000);
          if (how === "release") await store.release({ workflowId: "a", epoch: epochs.at(-1) ?? 0 });
          const claim =
            how === "force" ? await claimRun(store, "a", true) : (await claimDue(store)).claims[0];
          epochs.push(claim?.epoch ?? 0);
        }
        expectTrue(
          epochs.every((epoch, index) => index === 0 || epoch > (epochs[index - 1] ?? 0)),
          `growing: ${epochs}`,
        );
      }),
  ],
  "claim-live-lease": [
    "does not give a run that is leased to anybody, its owner included",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        for (const id of ["a", "b"]) await createClaimed(store, id);
        clock.advance(9_999);
        expectEqual(await dueIds(store), [], "due runs");
        expectEqual(await claimRun(store, "a"), null, "a claim of just this run");
        clock.advance(1);
        expectEqual((await claimRun(store, "b"))?.epoch, 2, "a claim of just one when the lease has ended");
        expectEqual(await dueIds(store), ["a"], "due runs when the lease has ended");
      }),
  ],
  "claim-zombie": [
    "fences the batch of a holder whose run was taken over, whenever it arrives",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const old = await createClaimed(store, "a");
        await store.enqueue("a", message("1"));
        clock.advance(10_000);
        const [claim] = (await claimDue(store)).claims;
        const late = batch({ epoch: old.epoch, puts: [row([1])], consume: ["1"] });
        await expectRejection(store.driver(old).commit(late), "FENCED", "the old holder's commit");
        if (claim !== undefined) await commitAs(store, claim, { puts: [row([2])] });
        await expectRejection(store.driver(old).commit(late), "FENCED", "the old holder's commit, again");
        expectEqual(await store.driver(old).applied(late.batchId), false, "whether it was applied");
        expectEqual(
          await rowsUnder(store.driver(old), new Uint8Array()),
          [row([2])],
          "the rows, read by the old holder",
        );
        expectEqual((await store.driver(old).peekMessages(null, 9)).length, 1, "the queue");
        const { revision } = (await store.driver(old).load()) ?? {};
        expectEqual(revision, 2, "the revision, read by the old holder");
        const nobody = store.driver({ workflowId: "a", epoch: 0 });
        expectEqual(await rowsUnder(nobody, new Uint8Array()), [row([2])], "the rows, read without a claim");
      }),
  ],
  "claim-reborn": [
    "fences the holder of a run that was deleted from the run that was created under its id",
    (context) =>
      withStore(context, async ({ store }) => {
        const old = await createClaimed(store, "a");
        await store.delete("a");
        const fresh = await createClaimed(store, "a");
        expectTrue(fresh.epoch > old.epoch, `an epoch above ${old.epoch}: ${fresh.epoch}`);
        const late = batch({ epoch: old.epoch, puts: [row([1])] });
        await expectRejection(store.driver(old).commit(late), "FENCED", "the old holder's commit");
        const [renewal] = await store.renew("owner", [{ ...old, leaseMs: 60_000 }]);
        expectEqual(renewal?.held, false, "whether the old claim is renewed");
        await store.release(old);
        await commitAs(store, fresh, { puts: [row([2])] });
        expectEqual(await rowsUnder(store.driver(fresh), new Uint8Array()), [row([2])], "the rows");
      }),
  ],
  "claim-late-commit": [
    "takes a commit after the lease's end, as long as nobody claimed the run",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const claim = await createClaimed(store, "a");
        clock.advance(60_000);
        const mine = batch({ epoch: claim.epoch });
        await store.driver(claim).commit(mine);
        expectEqual(await dueIds(store), ["a"], "due runs: the commit revives no lease");
        const applied = await store.driver(claim).applied(mine.batchId);
        expectEqual(applied, true, "whether it was applied, after somebody else has claimed the run");
      }),
  ],
  "claim-wrong-epoch": [
    "fences a batch of another epoch than its driver's",
    (context) =>
      withStore(context, async ({ store }) => {
        const claim = await createClaimed(store, "a");
        const other = store.driver({ workflowId: "a", epoch: claim.epoch + 1 });
        await expectRejection(other.commit(batch({ epoch: claim.epoch })), "FENCED", "the batch");
        await store.create(newRun("b"));
        const unclaimed = store.driver({ workflowId: "b", epoch: 0 });
        await expectRejection(unclaimed.commit(batch({ epoch: 0 })), "FENCED", "a commit without a claim");
        await expectRejection(
          store.driver({ workflowId: "c", epoch: 1 }).commit(batch({ epoch: 1 })),
          "FENCED",
          "no run",
        );
      }),
  ],
  "claim-one-winner": [
    "gives a run to one of 100 who claim it at once",
    (context) =>
      withStore(context, async ({ store }) => {
        await store.create(newRun("a"));
        const outcomes = await Promise.all(
          Array.from({ length: 100 }, (_, index) => claimDue(store, { owner: `${index}` })),
        );
        expectEqual(outcomes.flatMap(({ claims }) => claims).length, 1, "claims");
      }),
  ],
  "claim-order": [
    "gives the longest due first, and those of one instant by age",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const now = clock.now();
        for (const [id, wakeAt] of [
          ["b", now + 2],
          ["c", now + 1],
          ["a", now + 2],
          ["past", 1],
        ] as const) {
          await createParked(store, id, { wakeAt });
        }
        clock.advance(10);
        expectEqual(await dueIds(store, 3), ["past", "c", "b"], "the first three");
        expectEqual(await dueIds(store, 3), ["a"], "the rest");
      }),
  ],
  "claim-fair": [
    "comes to every one of many due runs in a few claims",
    (context) =>
      withStore(context, async ({ store }) => {
        const ids = Array.from({ length: 200 }, (_, index) => `run ${index}`);
        await Promise.all(ids.map((id) => store.create(newRun(id))));
        const claimed = new Set<string>();
        for (let round = 0; round < 20; round++) {
          for (const id of await dueIds(store, 10)) claimed.add(id);
        }
        expectEqual(claimed.size, ids.length, "claimed runs");
      }),
  ],
  "claim-names": [
    "claims runs of the asked workflows only, however many others are due",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        for (let index = 0; index < 20; index++)
          await store.create(newRun(`other ${index}`, { workflowName: "other" }));
        clock.advance(5);
        for (const workflowName of ["x", "y", "z"])
          await store.create(newRun(workflowName, { workflowName }));
        const { claims } = await claimDue(store, { workflowNames: ["y", "x", "absent", "y"] });
        expectEqual(claims.map(({ workflowId }) => workflowId).sort(), ["x", "y"], "claimed runs");
        expectEqual((await claimDue(store, { workflowNames: [] })).claims, [], "claims of no workflow");
      }),
  ],
  "claim-one-run": [
    "claims an asked run, due or not, whatever its status",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "asleep", { wakeAt: clock.now() + 1_000_000 });
        await createParked(store, "paused", { status: "paused" });
        await createParked(store, "failed", { status: "failed" });
        for (const id of ["asleep", "paused", "failed"])
          expectEqual((await claimRun(store, id))?.epoch, 2, `claim of ${id}`);
        expectEqual(await claimRun(store, "absent"), null, "the claim of an unknown run");
        const run = { workflowId: "asleep", force: true };
        const request = { owner: "o", leaseMs: 1, limit: 1, workflowNames: ["other"], run };
        expectEqual((await store.claim(request)).claims, [], "a claim by a host of other workflows");
      }),
  ],
  "claim-force": [
    "takes a live lease by force and fences its holder",
    (context) =>
      withStore(context, async ({ store }) => {
        const old = await createClaimed(store, "a");
        const taken = await claimRun(store, "a", true);
        expectEqual(taken?.epoch, old.epoch + 1, "the epoch");
        await expectRejection(commitAs(store, old), "FENCED", "the old holder's commit");
        if (taken !== null) await commitAs(store, taken, { status: "cancelled" });
        expectEqual((await store.get("a"))?.status, "cancelled", "the status");
      }),
  ],
  "claim-unless": [
    "does not claim an asked run in a state that was ruled out, by force neither, and leaves its holder alone",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const held = await createClaimed(store, "a");
        await commitAs(store, held, { status: "rolling_back" });
        const request = (unless: readonly RunState[], force = true) => {
          const run = { workflowId: "a", force, unless };
          return store.claim({ owner: "o", leaseMs: 1_000, limit: 1, workflowNames: null, run });
        };
        expectEqual((await request(["failed", "rolling_back"])).claims, [], "the claim");
        await commitAs(store, held, { status: "rolling_back" });
        expectEqual((await request(["failed"])).claims.length, 1, "the claims in another state");
        clock.advance(1_000);
        expectEqual(
          (await request(["rolling_back"], false)).claims,
          [],
          "the claim of a run that nobody holds",
        );
      }),
  ],
  "claim-next-due": [
    "tells when the next run that was not claimed becomes due",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const now = clock.now();
        await createParked(store, "later", { wakeAt: now + 50_000 });
        await createParked(store, "never");
        await store.create(newRun("other", { workflowName: "other", status: "sleeping", wakeAt: now + 5 }));
        expectEqual((await claimDue(store, { workflowNames: ["w"] })).nextDueAt, now + 50_000, "by its time");
        await createClaimed(store, "leased");
        expectEqual(
          (await claimDue(store, { workflowNames: ["w"] })).nextDueAt,
          now + 10_000,
          "by a lease's end",
        );
        expectEqual((await claimDue(store)).nextDueAt, now + 5, "of any workflow");
        await store.create(newRun("due"));
        const one = await claimDue(store, { limit: 1, workflowNames: ["w"] });
        expectEqual(
          [one.claims.length, one.nextDueAt],
          [1, now + 10_000],
          "without the run that was claimed",
        );
        expectEqual(
          (await claimDue(store, { workflowNames: ["nothing"] })).nextDueAt,
          null,
          "of an unknown workflow",
        );
      }),
  ],
  "claim-budget": [
    "counts claims without a commit, and none after one",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        let claim = await createClaimed(store, "a");
        const count = async (): Promise<unknown> => (await store.driver(claim).load())?.claimsWithoutCommit;
        for (const expected of [1, 2, 3]) {
          expectEqual(await count(), expected, "claims without a commit");
          clock.advance(10_000);
          claim = (await claimDue(store)).claims[0] ?? claim;
        }
        await commitAs(store, claim);
        expectEqual(await count(), 0, "after a commit");
        clock.advance(10_000);
        claim = (await claimDue(store)).claims[0] ?? claim;
        expectEqual(await count(), 1, "after the next claim");
        await store.release(claim);
        expectEqual(await count(), 0, "after a release");
      }),
  ],
});
