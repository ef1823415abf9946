import { claimDue, claimRun, commitAs, createClaimed, createParked, dueIds } from "./claimed-run.ts";
import { casesOf } from "./conformance-case.ts";
import { expectEqual, expectOffered, expectRejection, expectTrue } from "./expectations.ts";
import { message, newRun, row } from "./samples.ts";
import { type StoreContext, withStore } from "./store-context.ts";
import { wholeRun } from "./whole-run.ts";

/** What a new process finds when the old one was killed, and what a failing storage leaves. */
export const crashCases = casesOf<StoreContext>({
  "crash-all": [
    "has every run, claim, epoch, time, message and request that was acknowledged",
    (context) =>
      withStore(context, async ({ store, clock, crash }) => {
        const claim = await createClaimed(store, "running", { entries: [row([1])] });
        await commitAs(store, claim, { puts: [row([2])] });
        await createParked(store, "asleep", { wakeAt: clock.now() + 100, wants: ["m"] });
        await store.enqueue("running", message("1"));
        await store.request("running", "pause");
        await store.request("asleep", "wake");
        const records = (await store.list({ limit: 9 })).runs;
        const again = await expectOffered(crash, "crash")();
        expectEqual((await again.list({ limit: 9 })).runs, records, "the records");
        expectEqual((await wholeRun(again.driver(claim)))?.entries.length, 2, "the number of rows");
        expectEqual((await again.driver(claim).peekMessages(null, 9)).length, 1, "the queue");
        expectEqual(await dueIds(again), ["asleep"], "due runs");
        clock.advance(10_000);
        const taken = (await claimDue(again)).claims.find(({ workflowId }) => workflowId === "running");
        expectEqual([taken?.epoch, taken?.requested], [2, "pause"], "the dead holder's run");
        await again.close();
      }),
  ],
  "crash-in-flight-create": [
    "has a creation in flight once or not at all, with its rows, and once when it is asked for again",
    async (context) => {
      for (let turns = 0; turns < 6; turns++) {
        await withStore(context, async ({ store, crash }) => {
          const run = newRun("a", { entries: [row([1]), row([2])] });
          const creation = store.create(run).catch(() => null);
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
          const again = await expectOffered(crash, "crash")();
          const { created } = await again.create(run);
          const { claims } = await claimDue(again);
          expectEqual(claims.length, 1, `runs, ${created ? "created again" : "found"}`);
          const image = claims[0] === undefined ? null : await wholeRun(again.driver(claims[0]));
          expectEqual(image?.entries, run.entries, "the rows");
          await creation;
          await again.close();
        });
      }
    },
  ],
  "crash-in-flight-claim": [
    "makes a run due again when its claim's answer never came",
    (context) =>
      withStore(context, async ({ store, clock, crash }) => {
        await store.create(newRun("a"));
        const claiming = claimDue(store);
        await claiming;
        const again = await expectOffered(crash, "crash")();
        expectEqual(await dueIds(again), [], "due runs while the dead holder's lease lasts");
        clock.advance(10_000);
        expectEqual((await claimDue(again)).claims[0]?.epoch, 2, "the next epoch");
        await again.close();
      }),
  ],
  "fault-store": [
    "does each call wholly or not at all, whichever write fails, and does it when it is asked again",
    async (context) => {
      const calls = ["create", "claim", "enqueue", "request", "release", "delete"] as const;
      for (const what of calls) await failingAtEachWrite(context, what);
    },
  ],
});

type Call = "create" | "claim" | "enqueue" | "request" | "release" | "delete";

async function failingAtEachWrite(context: StoreContext, what: Call): Promise<void> {
  let failed = true;
  for (let number = 1; failed; number++) {
    await withStore(context, async ({ store, faults }) => {
      const failing = expectOffered(faults, "faults");
      await createParked(store, "parked", { wants: ["m"] });
      await store.create(newRun("due"));
      const held = await createClaimed(store, "held");
      const call = (): Promise<unknown> => {
        if (what === "create") return store.create(newRun("new", { entries: [row([1])] }));
        if (what === "claim") return claimRun(store, "due");
        if (what === "enqueue") return store.enqueue("parked", message("1"));
        if (what === "request") return store.request("parked", "wake");
        if (what === "release") return store.release(held);
        return store.delete("held");
      };
      failing.failWrite(number);
      const error = await call().then(
        () => null,
        (reason: unknown) => reason,
      );
      failing.heal();
      failed = failing.happened;
      if (failed) await expectRejection(Promise.reject(error), "STORAGE", `a failing ${what}`);
      else expectEqual(error, null, `the error of ${what}`);
      if (failed) await call();
      expectTrue(await isDone(store, what), `${what} is done`);
    });
  }
}

async function isDone(store: Parameters<typeof dueIds>[0], what: Call): Promise<boolean> {
  if (what === "create") {
    const image = await wholeRun(store.driver({ workflowId: "new", epoch: 0 }));
    return image?.entries.length === 1 && image.revision === 1;
  }
  if (what === "claim") {
    const run = await store.get("due");
    return run?.lease?.owner === "another" && run.epoch === 1;
  }
  if (what === "delete") return (await store.get("held")) === null;
  if (what === "release") return (await store.get("held"))?.lease === null;
  const due = await dueIds(store);
  const queued = await store.driver({ workflowId: "parked", epoch: 0 }).peekMessages(null, 9);
  return due.includes("parked") && queued.length === (what === "enqueue" ? 1 : 0);
}
