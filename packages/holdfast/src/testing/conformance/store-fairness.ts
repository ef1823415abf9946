import { claimDue, claimRun, commitAs, createClaimed, createParked, dueIds } from "./claimed-run.ts";
import { casesOf } from "./conformance-case.ts";
import { expectEqual, expectOffered, expectRejection } from "./expectations.ts";
import { batch, message, newRun, row, send } from "./samples.ts";
import { type StoreContext, withStore } from "./store-context.ts";

const HOUR_MS = 3_600_000;

/** Who gets a run, when many want one or one of many is wanted. */
export const fairnessCases = casesOf<StoreContext>({
  "fair-newcomers": [
    "does not let runs that become due later pass those that are due",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const old = Array.from({ length: 60 }, (_, index) => `old ${index}`);
        for (const id of old) await store.create(newRun(id));
        const claimed: string[] = [];
        for (let round = 0; round < 12; round++) {
          clock.advance(1);
          for (let index = 0; index < 5; index++) await store.create(newRun(`new ${round}.${index}`));
          claimed.push(...(await dueIds(store, 5)));
        }
        expectEqual(claimed, old, "the first 60 that were claimed");
      }),
  ],
  "fair-released": [
    "does not let a run that is given back again and again keep others waiting",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        for (const id of ["poison", "patient"]) await store.create(newRun(id));
        clock.advance(1);
        const [first] = (await claimDue(store, { limit: 1 })).claims;
        expectEqual(first?.workflowId, "poison", "the first claim");
        if (first !== undefined) await store.release(first);
        expectEqual(await dueIds(store, 1), ["patient"], "the second claim");
        expectEqual(await dueIds(store, 1), ["poison"], "the third");
      }),
  ],
  "fair-many-due": [
    "claims from 3,000 due runs in order, a few at a time",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const base = clock.now();
        const runs = Array.from({ length: 3_000 }, (_, index) =>
          newRun(`run ${index}`, { wakeAt: base + 1 + ((index * 7) % 3_000) }),
        );
        for (let from = 0; from < runs.length; from += 500) {
          await Promise.all(runs.slice(from, from + 500).map((run) => store.create(run)));
        }
        clock.advance(5_000);
        const order: number[] = [];
        for (let round = 0; round < 20; round++) {
          const { claims } = await claimDue(store, { limit: 10 });
          for (const { workflowId } of claims) order.push((Number(workflowId.slice(4)) * 7) % 3_000);
        }
        expectEqual(
          order,
          Array.from({ length: 200 }, (_, index) => index),
          "the order of the due times",
        );
      }),
  ],
  "fair-two-stores": [
    "gives each of 40 runs to one of 100 who claim on two stores at once",
    (context) =>
      withStore(context, async ({ store, second }) => {
        const other = await expectOffered(second, "second")();
        for (let index = 0; index < 40; index++) await store.create(newRun(`run ${index}`));
        const outcomes = await Promise.all(
          Array.from({ length: 100 }, (_, index) =>
            claimDue(index % 2 === 0 ? store : other, { owner: String(index), limit: 1 }),
          ),
        );
        const ids = outcomes.flatMap(({ claims }) => claims.map(({ workflowId }) => workflowId));
        expectEqual([ids.length, new Set(ids).size], [40, 40], "claims, and runs that were claimed");
        await other.close();
      }),
  ],
  "clock-of-the-store": [
    "goes by its own clock when the times that callers name are an hour off",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        for (const skewMs of [-HOUR_MS, HOUR_MS]) {
          const id = `skewed ${skewMs}`;
          const claim = await createClaimed(store, id, { createdAt: clock.now() + skewMs });
          await store.enqueue(id, message("1", { createdAt: clock.now() + skewMs }));
          await commitAs(store, claim);
          expectEqual((await store.get(id))?.updatedAt, clock.now(), "the time of the commit");
          const until = (await store.get(id))?.lease?.until;
          expectEqual(until, clock.now() + 10_000, "the lease's end");
        }
        expectEqual(await dueIds(store), [], "due runs");
        clock.advance(10_000);
        const { claims } = await claimDue(store);
        expectEqual(
          claims.map(({ storeTime }) => storeTime),
          [clock.now(), clock.now()],
          "the time that the claims tell",
        );
      }),
  ],
  "terminal-once": [
    "lets one of two ends of a run win, the one of the newest claim",
    (context) =>
      withStore(context, async ({ store }) => {
        const runner = await createClaimed(store, "a");
        const canceller = await claimRun(store, "a", true);
        if (canceller === null) throw new TypeError("A run can be claimed by force.");
        const ends = [
          store.driver(runner).commit(batch({ epoch: runner.epoch, status: "completed" })),
          store.driver(canceller).commit(batch({ epoch: canceller.epoch, status: "cancelled" })),
        ];
        const outcomes = await Promise.allSettled(ends);
        expectEqual(
          outcomes.map(({ status }) => status),
          ["rejected", "fulfilled"],
          "the two ends",
        );
        expectEqual((await store.get("a"))?.status, "cancelled", "the status");
        await expectRejection(
          commitAs(store, canceller, { status: "failed" }),
          "FENCED",
          "an end after the end",
        );
      }),
  ],
  "fence-effects": [
    "changes no time, no queue and no other run by a batch that is fenced",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "other", { wants: ["m"] });
        const claim = await createClaimed(store, "a");
        const look = async (): Promise<unknown> => [
          await store.get("a"),
          await store.get("other"),
          await store.get("child"),
          await store.statistics(),
        ];
        const before = await look();
        const effects = {
          status: "sleeping" as const,
          wakeAt: clock.now(),
          wants: ["m"],
          puts: [row([1])],
          send: [send("other", "1"), send("a", "2")],
          spawn: [newRun("child")],
        };
        const wrong = batch({ epoch: claim.epoch, expectedRevision: 9, ...effects });
        await expectRejection(store.driver(claim).commit(wrong), "FENCED", "the batch");
        expectEqual(await look(), before, "what the store tells");
        expectEqual(await dueIds(store), [], "due runs");
      }),
  ],
});
