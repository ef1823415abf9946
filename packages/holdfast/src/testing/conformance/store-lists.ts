import type { RunRecord } from "../../storage/store.ts";
import { claimRun, commitAs, createClaimed, createParked } from "./claimed-run.ts";
import { casesOf } from "./conformance-case.ts";
import { expectEqual, expectRejection } from "./expectations.ts";
import { newRun } from "./samples.ts";
import { type StoreContext, withStore } from "./store-context.ts";

/** Changes what a caller was told, as a careless one may. */
function spoil(run: RunRecord | null): void {
  ((run?.wants ?? []) as string[]).push("told");
  if (run?.lease) (run.lease as { owner: string }).owner = "told";
}

/** Listing runs. */
export const listCases = casesOf<StoreContext>({
  "list-order": [
    "lists the newest first, by status and workflow",
    (context) =>
      withStore(context, async ({ store }) => {
        for (const id of ["b", "a", "c", "d"]) {
          await store.create(
            newRun(id, { workflowName: id === "a" ? "x" : "w", status: id === "d" ? "paused" : "pending" }),
          );
        }
        const ids = async (query: Parameters<typeof store.list>[0]): Promise<string[]> =>
          (await store.list(query)).runs.map(({ workflowId }) => workflowId);
        expectEqual(await ids({ limit: 9 }), ["d", "c", "a", "b"], "all runs");
        expectEqual(await ids({ limit: 9, workflowName: "w" }), ["d", "c", "b"], "runs of w");
        expectEqual(await ids({ limit: 9, status: ["pending"] }), ["c", "a", "b"], "pending runs");
        expectEqual(
          await ids({ limit: 9, status: ["pending", "paused"], workflowName: "w" }),
          ["d", "c", "b"],
          "both",
        );
        expectEqual(await ids({ limit: 9, status: [] }), [], "runs of no status");
        expectEqual(await ids({ limit: 9, status: ["paused", "paused"] }), ["d"], "of one named twice");
      }),
  ],
  "list-paging": [
    "goes through all runs page by page while runs come and go",
    (context) =>
      withStore(context, async ({ store }) => {
        // By the clocks of whoever created them, the first is the newest.
        for (let index = 0; index < 10; index++)
          await store.create(newRun(`run ${index}`, { createdAt: 1_000 - index }));
        const seen: string[] = [];
        let cursor: string | null = null;
        do {
          const page = await store.list(cursor === null ? { limit: 3 } : { limit: 3, cursor });
          seen.push(...page.runs.map(({ workflowId }) => workflowId));
          cursor = page.nextCursor;
          await store.create(newRun(`later ${seen.length}`));
          await store.delete(seen.at(-1) ?? "");
        } while (cursor !== null);
        expectEqual(
          seen,
          Array.from({ length: 10 }, (_, index) => `run ${9 - index}`),
          "the runs",
        );
      }),
  ],
  "list-arguments": [
    "refuses limits that are not from 1 to 1,000, and strange cursors",
    (context) =>
      withStore(context, async ({ store }) => {
        for (const limit of [0, -1, 1.5, 1_001, Number.NaN]) {
          await expectRejection(store.list({ limit }), "INVALID_ARGUMENT", `a limit of ${limit}`);
        }
        for (const cursor of ["x", ""]) {
          const strange = `the cursor ${JSON.stringify(cursor)}`;
          await expectRejection(store.list({ limit: 1, cursor }), "INVALID_ARGUMENT", strange);
        }
      }),
  ],
  "list-paging-filtered": [
    "goes through the runs of a filter page by page while others come and change",
    (context) =>
      withStore(context, async ({ store }) => {
        for (let index = 0; index < 12; index++) {
          await store.create(newRun(`run ${index}`, { workflowName: index % 2 === 0 ? "even" : "odd" }));
        }
        const other = await claimRun(store, "run 4");
        if (other !== null) await commitAs(store, other, { status: "sleeping" });
        const seen: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const query = { workflowName: "even", status: ["pending"] as const, limit: 2 };
          const page = await store.list(cursor === undefined ? query : { ...query, cursor });
          seen.push(...page.runs.map(({ workflowId }) => workflowId));
          cursor = page.nextCursor;
          await store.create(newRun(`later ${seen.length}`, { workflowName: "even" }));
          await createParked(store, `parked ${seen.length}`);
        }
        expectEqual(seen, ["run 10", "run 8", "run 6", "run 2", "run 0"], "the runs");
      }),
  ],
  "list-records": [
    "tells of each run what it tells of it alone",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createClaimed(store, "late");
        clock.advance(10_000);
        await createClaimed(store, "held");
        await createParked(store, "asleep", { wakeAt: clock.now() + 5, wants: ["m", "\ud800"] });
        await createParked(store, "ended", { status: "failed" });
        for (const id of ["held", "asleep"]) await store.request(id, "pause");
        const { runs } = await store.list({ limit: 9 });
        const alone = await Promise.all(["ended", "asleep", "held", "late"].map((id) => store.get(id)));
        expectEqual(runs, alone, "the records");
      }),
  ],
  "list-owned": [
    "shares no list of names, and no lease, with whoever commits or is told of them",
    (context) =>
      withStore(context, async ({ store }) => {
        const wants = ["m"];
        await createParked(store, "asleep", { wants });
        await createClaimed(store, "held");
        wants.push("given");
        for (const id of ["asleep", "held"]) spoil(await store.get(id));
        for (const run of (await store.list({ limit: 9 })).runs) spoil(run);
        const asleep = store.driver({ workflowId: "asleep", epoch: 1 });
        (((await asleep.load())?.schedule?.wants ?? []) as string[]).push("loaded");
        expectEqual((await store.get("asleep"))?.wants, ["m"], "the names");
        expectEqual((await store.get("held"))?.lease?.owner, "owner", "the owner of the lease");
      }),
  ],
  "list-thousand": [
    "lists 1,000 runs in one page and the rest in the next",
    (context) =>
      withStore(context, async ({ store }) => {
        await Promise.all(Array.from({ length: 1_050 }, (_, index) => store.create(newRun(`run ${index}`))));
        const first = await store.list({ limit: 1_000 });
        const cursor = first.nextCursor ?? "";
        const second = await store.list({ limit: 1_000, cursor });
        expectEqual(
          [first.runs.length, second.runs.length, second.nextCursor],
          [1_000, 50, null],
          "the pages",
        );
        const ids = new Set([...first.runs, ...second.runs].map(({ workflowId }) => workflowId));
        expectEqual(ids.size, 1_050, "different runs");
      }),
  ],
  "record-exact-numbers": [
    "keeps times exactly: zero, fractions, the year 9999, the largest",
    (context) =>
      withStore(context, async ({ store }) => {
        for (const time of [0, 0.5, 253_402_300_799_999, Number.MAX_SAFE_INTEGER]) {
          await store.create(newRun(`new ${time}`, { createdAt: time, wakeAt: time }));
          await createParked(store, `parked ${time}`, { wakeAt: time });
          const created = await store.get(`new ${time}`);
          const parked = await store.get(`parked ${time}`);
          expectEqual(
            [created?.createdAt, created?.wakeAt, parked?.wakeAt],
            [time, time, time],
            "the record",
          );
        }
      }),
  ],
});
