import { claimDue, claimRun, commitAs, createClaimed } from "./claimed-run.ts";
import { casesOf } from "./conformance-case.ts";
import { expectEqual, expectRejection, expectTrue } from "./expectations.ts";
import { batch, message, newRun } from "./samples.ts";
import { type StoreContext, withStore } from "./store-context.ts";

/** What is counted of claims: epochs, also of runs that are gone, and starts without a commit. */
export const epochCases = casesOf<StoreContext>({
  "claim-none": [
    "claims nothing where no run is asked for, and tells when one is due",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await store.create(newRun("a"));
        const { claims, nextDueAt } = await claimDue(store, { limit: 0 });
        expectEqual(claims, [], "claims");
        expectTrue(nextDueAt !== null && nextDueAt <= clock.now(), `a time that has come: ${nextDueAt}`);
        expectEqual((await claimDue(store)).claims.length, 1, "claims when one is asked for");
      }),
  ],
  "claim-future-epoch": [
    "fences a batch of an epoch that nobody has claimed yet",
    (context) =>
      withStore(context, async ({ store }) => {
        const claim = await createClaimed(store, "a");
        const epoch = claim.epoch + 1;
        const future = store.driver({ workflowId: "a", epoch });
        await expectRejection(future.commit(batch({ epoch })), "FENCED", "the batch");
        await commitAs(store, claim);
      }),
  ],
  "claim-reborn-others": [
    "keeps new runs above the epochs of all that were deleted, and not of the last one only",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        let old = await createClaimed(store, "a");
        for (let round = 0; round < 3; round++) {
          clock.advance(10_000);
          old = (await claimDue(store)).claims[0] ?? old;
        }
        const younger = await createClaimed(store, "b");
        expectTrue(younger.epoch < old.epoch, `an epoch below ${old.epoch}: ${younger.epoch}`);
        for (const id of ["a", "b"]) await store.delete(id);
        const parent = await createClaimed(store, "parent");
        await commitAs(store, parent, { spawn: [newRun("a")] });
        const [fresh] = (await claimDue(store)).claims;
        expectEqual(fresh?.workflowId, "a", "the due run");
        expectTrue((fresh?.epoch ?? 0) > old.epoch, `an epoch above ${old.epoch}: ${fresh?.epoch}`);
        const late = store.driver(old).commit(batch({ epoch: old.epoch }));
        await expectRejection(late, "FENCED", "the old holder's commit");
      }),
  ],
  "claim-reborn-restart": [
    "keeps new runs above the epochs of deleted ones after a restart",
    (context) =>
      withStore(context, async ({ store, reopen }) => {
        const old = await createClaimed(store, "a");
        await store.delete("a");
        const reopened = await reopen();
        const fresh = await createClaimed(reopened, "a");
        expectTrue(fresh.epoch > old.epoch, `an epoch above ${old.epoch}: ${fresh.epoch}`);
        const late = reopened.driver(old).commit(batch({ epoch: old.epoch }));
        await expectRejection(late, "FENCED", "the old holder's commit");
        await reopened.close();
      }),
  ],
  "claim-budget-kept": [
    "counts claims through renewals, messages and wakes, and claims of just this run too",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const claims = [await createClaimed(store, "a")];
        for (let round = 0; round < 2; round++) {
          clock.advance(10_000);
          const claim = await claimRun(store, "a");
          if (claim !== null) claims.push(claim);
          await store.renew("another", claim === null ? [] : [claim]);
          await store.enqueue("a", message(String(round)));
          await store.request("a", "wake");
        }
        const last = claims.at(-1);
        expectEqual(last?.claimsWithoutCommit, 3, "claims without a commit, as the last one tells");
        const image = last === undefined ? null : await store.driver(last).load();
        expectEqual(image?.claimsWithoutCommit, 3, "claims without a commit");
      }),
  ],
  "claim-budget-released": [
    "counts the claims before one that was given back",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        let claim = await createClaimed(store, "a");
        for (let round = 0; round < 2; round++) {
          clock.advance(10_000);
          claim = (await claimDue(store)).claims[0] ?? claim;
        }
        expectEqual(claim.claimsWithoutCommit, 3, "claims without a commit, the last one included");
        for (const time of ["the first", "the second"]) {
          await store.release(claim);
          const image = await store.driver(claim).load();
          expectEqual(image?.claimsWithoutCommit, 2, `claims without a commit after ${time} release`);
        }
      }),
  ],
});
