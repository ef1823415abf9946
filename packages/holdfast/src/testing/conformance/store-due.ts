import { claimDue, claimRun, commitAs, createClaimed, createParked, dueIds } from "./claimed-run.ts";
import { casesOf } from "./conformance-case.ts";
import { expectEqual, expectRejection } from "./expectations.ts";
import { message, newRun, send } from "./samples.ts";
import { type StoreContext, withStore } from "./store-context.ts";

/** What makes a run due: its time, a wanted message, a request, a dead holder. */
export const dueCases = casesOf<StoreContext>({
  "due-times": [
    "makes runs due at their times, and not before",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const now = clock.now();
        await createParked(store, "soon", { wakeAt: now + 100 });
        await createParked(store, "later", { wakeAt: now + 101 });
        await createParked(store, "year 9999", { wakeAt: 253_402_300_799_999 });
        await createParked(store, "at no time");
        clock.advance(99);
        expectEqual(await dueIds(store), [], "due runs before");
        clock.advance(1);
        expectEqual(await dueIds(store), ["soon"], "due runs at the first time");
        clock.advance(1);
        expectEqual(
          (await claimDue(store)).claims.map(({ workflowId }) => workflowId),
          ["later"],
          "and at the second",
        );
        expectEqual((await store.get("year 9999"))?.wakeAt, 253_402_300_799_999, "a far time");
      }),
  ],
  "due-replaced": [
    "goes by the last commit's time, and by none after the end",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const ids = ["moved", "timeless", "ended"];
        for (const id of ids) await createParked(store, id, { wakeAt: clock.now() + 100 });
        const [moved, timeless, ended] = await Promise.all(ids.map((id) => claimRun(store, id)));
        if (!moved || !timeless || !ended) throw new TypeError("All three can be claimed.");
        await commitAs(store, moved, { status: "sleeping", wakeAt: clock.now() + 200 });
        await commitAs(store, timeless, { status: "sleeping", wants: ["m"] });
        await commitAs(store, ended, { status: "completed", wakeAt: clock.now() + 100 });
        clock.advance(199);
        expectEqual(await dueIds(store), [], "due runs before the new time");
        clock.advance(1_000_000);
        expectEqual(await dueIds(store), ["moved"], "due runs long after");
      }),
  ],
  "due-same-instant": [
    "makes many runs due at one instant",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const wakeAt = clock.now() + 5;
        await Promise.all(
          Array.from({ length: 50 }, (_, index) => createParked(store, `run ${index}`, { wakeAt })),
        );
        clock.advance(5);
        expectEqual((await dueIds(store)).length, 50, "due runs");
      }),
  ],
  "due-restart": [
    "is due after a restart as before",
    (context) =>
      withStore(context, async ({ store, clock, reopen }) => {
        await createParked(store, "timer", { wakeAt: clock.now() + 100 });
        await createParked(store, "message", { wants: ["m"] });
        await createClaimed(store, "leased");
        const again = await reopen();
        expectEqual(await dueIds(again), [], "due runs after the restart");
        await again.enqueue("message", message("1"));
        clock.advance(100);
        expectEqual(await dueIds(again), ["message", "timer"].sort(), "due runs at their time");
        clock.advance(10_000);
        expectEqual((await dueIds(again)).includes("leased"), true, "whether the dead holder's run is due");
        await again.close();
      }),
  ],
  "due-delayed-start": [
    "starts a run with a wake-up time at that time",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await store.create(newRun("delayed", { wakeAt: clock.now() + 100 }));
        await store.create(newRun("at once"));
        expectEqual(await dueIds(store), ["at once"], "due runs at first");
        clock.advance(100);
        expectEqual(await dueIds(store), ["delayed"], "due runs at the time");
      }),
  ],
  "due-dead-holder": [
    "makes a running run due when its holder's lease ends, whatever its wake-up time",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        for (const [id, status] of [
          ["a", "running"],
          ["b", "rolling_back"],
          ["c", "running"],
        ] as const) {
          const claim = await createClaimed(store, id);
          await commitAs(store, claim, { status, wakeAt: id === "c" ? clock.now() + 1_000_000 : null });
        }
        await createParked(store, "d", { wakeAt: clock.now() });
        await claimDue(store);
        clock.advance(10_000);
        expectEqual((await dueIds(store)).sort(), ["a", "b", "c", "d"], "due runs");
      }),
  ],
  "due-message": [
    "makes a run due with the message that it wants, and with no other",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "a", { wants: ["x", "y%"], wakeAt: clock.now() + 50_000 });
        for (const name of ["z", "y", "y%%", "X", "x "]) await store.enqueue("a", message(name, { name }));
        expectEqual(await dueIds(store), [], "due runs after other messages");
        await store.enqueue("a", message("wanted", { name: "y%" }));
        expectEqual(await dueIds(store), ["a"], "due runs after a wanted message");
      }),
  ],
  "due-look-again": [
    "is due at once when a wanted message was there before the run was parked",
    (context) =>
      withStore(context, async ({ store }) => {
        const claim = await createClaimed(store, "a");
        await store.enqueue("a", message("1"));
        await commitAs(store, claim, { status: "sleeping", wants: ["m"] });
        expectEqual(await dueIds(store), ["a"], "due runs");
        const other = await createClaimed(store, "b");
        await store.enqueue("b", message("1"));
        await commitAs(store, other, { status: "sleeping", wants: ["m"], consume: ["1"] });
        expectEqual(await dueIds(store), [], "due runs when the commit consumed it");
        const own = await createClaimed(store, "c");
        await commitAs(store, own, { status: "sleeping", wants: ["m"], send: [send("c", "1")] });
        expectEqual(await dueIds(store), ["c"], "due runs when the commit sent it");
        const again = await createClaimed(store, "d");
        const back = { ...send("d", "1"), requeue: true };
        await commitAs(store, again, { status: "sleeping", wants: ["m"], send: [back] });
        expectEqual(await dueIds(store), ["d"], "due runs when the commit put it back");
      }),
  ],
  "due-message-dead-holder": [
    "does not lose a message that came while a dead holder held the run",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "a", { wants: ["m"] });
        await claimRun(store, "a");
        await store.enqueue("a", message("1"));
        expectEqual(await dueIds(store), [], "due runs while it is leased");
        clock.advance(10_000);
        expectEqual(await dueIds(store), ["a"], "due runs after the lease's end");
      }),
  ],
  "due-release-message": [
    "is due again after a release when a wanted message is still queued",
    (context) =>
      withStore(context, async ({ store }) => {
        await createParked(store, "a", { wants: ["m"] });
        await store.enqueue("a", message("1"));
        const [claim] = (await claimDue(store)).claims;
        if (claim !== undefined) await store.release(claim);
        expectEqual(await dueIds(store), ["a"], "due runs");
      }),
  ],
  "due-paused": [
    "never makes a paused or finished run due",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "paused", { status: "paused", wakeAt: clock.now(), wants: ["m"] });
        await createParked(store, "failed", { status: "failed", wakeAt: clock.now(), wants: ["m"] });
        await store.enqueue("paused", message("1"));
        await store.request("paused", "wake");
        clock.advance(1_000_000);
        expectEqual(
          await claimDue(store),
          { claims: [], nextDueAt: null, storeTime: clock.now() },
          "what can be claimed",
        );
        await claimRun(store, "paused");
        clock.advance(10_000);
        expectEqual(
          await claimDue(store),
          { claims: [], nextDueAt: null, storeTime: clock.now() },
          "after a claim that led to nothing",
        );
      }),
  ],
  "wake-now": [
    "makes a sleeping run due at once",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "a", { wakeAt: clock.now() + 50_000 });
        await store.request("a", "wake");
        expectEqual(await dueIds(store), ["a"], "due runs");
      }),
  ],
  "wake-while-held": [
    "makes a run due at once after it was parked when a wake came while it was held",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const claim = await createClaimed(store, "a");
        await store.request("a", "wake");
        expectEqual(await dueIds(store), [], "due runs while it is held");
        await commitAs(store, claim, { status: "sleeping", wakeAt: clock.now() + 50_000 });
        const [again] = (await claimDue(store)).claims;
        expectEqual(again?.workflowId, "a", "the due run");
        if (again !== undefined) await commitAs(store, again, { status: "sleeping" });
        expectEqual(await dueIds(store), [], "due runs when the wake was answered");
      }),
  ],
  "wake-released": [
    "takes a wake as answered when its claim is released, and keeps one that came since",
    (context) =>
      withStore(context, async ({ store }) => {
        await createParked(store, "a");
        await store.request("a", "wake");
        const [first] = (await claimDue(store)).claims;
        if (first !== undefined) await store.release(first);
        expectEqual(await dueIds(store), [], "due runs after the release");
        await store.request("a", "wake");
        const [second] = (await claimDue(store)).claims;
        await store.request("a", "wake");
        if (second !== undefined) await store.release(second);
        expectEqual(await dueIds(store), ["a"], "due runs after another wake");
      }),
  ],
  "wake-survives-crash": [
    "keeps a wake whose claim died without a commit",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "a");
        await store.request("a", "wake");
        await claimDue(store);
        clock.advance(10_000);
        expectEqual(await dueIds(store), ["a"], "due runs");
      }),
  ],
  "pause-request": [
    "tells the holder of a pause, and forgets it when the run is paused",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "a", { wakeAt: clock.now() });
        await store.request("a", "pause");
        const [claim] = (await claimDue(store)).claims;
        expectEqual([claim?.requested, (await store.get("a"))?.requested], ["pause", "pause"], "the request");
        if (claim !== undefined) await commitAs(store, claim, { status: "paused" });
        await store.request("a", "pause");
        expectEqual((await store.get("a"))?.requested, null, "the request of a paused run");
      }),
  ],
  "cancel-request": [
    "tells the holder of a cancel, which outranks a pause and makes the run due, and forgets it when the run rolls back",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "a", { wakeAt: clock.now() + 60_000 });
        await store.request("a", "pause");
        await store.request("a", "cancel");
        await store.request("a", "pause");
        const [claim] = (await claimDue(store)).claims;
        expectEqual(
          [claim?.requested, (await store.get("a"))?.requested],
          ["cancel", "cancel"],
          "the request",
        );
        if (claim === undefined) return;
        await commitAs(store, claim, { status: "running" });
        expectEqual((await store.get("a"))?.requested, "cancel", "the request of a run that goes on");
        await store.release(claim);
        const [next = claim] = (await claimDue(store)).claims;
        expectEqual(next.requested, "cancel", "the request after the claim was given back");
        await commitAs(store, next, { status: "rolling_back" });
        await store.request("a", "cancel");
        expectEqual((await store.get("a"))?.requested, null, "the request of a run that rolls back");
        await store.request("a", "pause");
        expectEqual((await store.get("a"))?.requested, "pause", "the pause of a run that rolls back");
      }),
  ],
  "request-refused": [
    "refuses requests to unknown and finished runs",
    (context) =>
      withStore(context, async ({ store }) => {
        await createParked(store, "a", { status: "completed" });
        for (const what of ["wake", "pause", "cancel"] as const) {
          await expectRejection(store.request("a", what), "RUN_FINISHED", `${what} of a finished run`);
          await expectRejection(store.request("b", what), "RUN_NOT_FOUND", `${what} of an unknown run`);
        }
      }),
  ],
});
