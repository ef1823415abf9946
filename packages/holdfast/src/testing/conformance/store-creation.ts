import { RUN_STATES } from "../../model/run.ts";
import { createClaimed, createParked } from "./claimed-run.ts";
import { casesOf } from "./conformance-case.ts";
import { expectEqual, expectImage, expectRejection, expectTrue } from "./expectations.ts";
import { batch, bytes, message, NASTY_TEXTS, newRun, row } from "./samples.ts";
import { type StoreContext, withStore } from "./store-context.ts";
import { rowsUnder, wholeRun } from "./whole-run.ts";

const CLAIM = { owner: "me", leaseMs: 1_000 };

/** Creating, reading, counting and deleting runs. */
export const creationCases = casesOf<StoreContext>({
  "create-record": [
    "creates a run and tells all about it",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const run = newRun("a", { workflowVersion: "v", fingerprint: "f", wakeAt: 7, createdAt: 5 });
        const outcome = await store.create(run);
        const record = {
          workflowId: "a",
          workflowName: "w",
          workflowVersion: "v",
          fingerprint: "f",
          status: "pending",
          revision: 1,
          epoch: 0,
          createdAt: 5,
          updatedAt: clock.now(),
          wakeAt: 7,
          wants: null,
          lease: null,
          requested: null,
        };
        expectEqual(outcome, { created: true, run: record, claim: null }, "the outcome");
        expectEqual(await store.get("a"), record, "the record");
        expectEqual(await store.get("b"), null, "the record of an unknown run");
      }),
  ],
  "create-image": [
    "stores the header and the rows of a new run",
    (context) =>
      withStore(context, async ({ store }) => {
        const given = newRun("a", { header: bytes(4), entries: [row([2]), row([1])] });
        await store.create(given);
        for (const { key, value } of [{ key: given.header, value: given.header }, ...given.entries]) {
          key.fill(99);
          value.fill(99);
        }
        const image = { header: bytes(4), revision: 1, epoch: 0, claimsWithoutCommit: 0, complete: true };
        const loaded = await wholeRun(store.driver({ workflowId: "a", epoch: 0 }));
        expectImage(loaded, { ...image, entries: [row([1]), row([2])] }, "the image");
        expectEqual(
          await wholeRun(store.driver({ workflowId: "b", epoch: 0 })),
          null,
          "the image of an unknown run",
        );
      }),
  ],
  "create-claimed": [
    "gives a new run to its creator from the first instant",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const { claim, run } = await store.create(newRun("a"), CLAIM);
        expectEqual(run, await store.get("a"), "the record");
        const expected = { workflowId: "a", workflowName: "w", epoch: 1, revision: 1, leaseMs: 1_000 };
        const first = { claimsWithoutCommit: 1, storeTime: clock.now(), requested: null };
        expectEqual(claim, { ...expected, ...first }, "the claim");
        expectEqual((await store.get("a"))?.lease, { owner: "me", until: clock.now() + 1_000 }, "the lease");
        const others = await store.claim({ owner: "you", leaseMs: 1, limit: 9, workflowNames: null });
        expectEqual(others.claims, [], "what others can claim");
        const driver = store.driver({ workflowId: "a", epoch: 1 });
        expectEqual((await driver.load())?.claimsWithoutCommit, 1, "claims without a commit");
        await driver.commit(batch({ epoch: 1 }));
      }),
  ],
  "create-again": [
    "finds the run that is there, and gives no claim to it",
    (context) =>
      withStore(context, async ({ store }) => {
        await store.create(newRun("a", { header: bytes(1) }));
        const again = await store.create(newRun("a", { header: bytes(2), entries: [row([1])] }), CLAIM);
        expectEqual(
          [again.created, again.claim, again.run],
          [false, null, await store.get("a")],
          "the outcome",
        );
        const image = await wholeRun(store.driver({ workflowId: "a", epoch: 0 }));
        expectEqual([image?.header, image?.entries], [bytes(1), []], "header and rows");
        await createParked(store, "ended", { status: "completed" });
        const { created, run } = await store.create(newRun("ended"), CLAIM);
        expectEqual([created, run], [false, await store.get("ended")], "of a run that has ended");
      }),
  ],
  "create-concurrent": [
    "creates one run of 50 creations at once",
    (context) =>
      withStore(context, async ({ store }) => {
        const outcomes = await Promise.all(
          Array.from({ length: 50 }, () => store.create(newRun("a"), CLAIM)),
        );
        expectEqual(outcomes.filter(({ created }) => created).length, 1, "creations");
        expectEqual(outcomes.filter(({ claim }) => claim !== null).length, 1, "claims");
      }),
  ],
  "create-conflict": [
    "refuses another definition or input under an id that is taken",
    (context) =>
      withStore(context, async ({ store }) => {
        await store.create(newRun("a", { fingerprint: "one" }));
        const refused = store.create(newRun("a", { fingerprint: "two", workflowName: "other" }));
        const error = await expectRejection(refused, "WORKFLOW_CONFLICT", "another run");
        for (const part of ['"a"', '"w"', '"other"'])
          expectTrue(error.message.includes(part), `"${part}" is told`);
      }),
  ],
  "create-same-input": [
    "finds a run by its input as it was given or as a schema has made it, and refuses one that shares neither",
    (context) =>
      withStore(context, async ({ store }) => {
        for (const [id, existing, asked] of [
          ["made alike", "made/one", "made/two"],
          ["given alike", "one/given", "two/given"],
          ["unchanged by its schema", "same", "same/given"],
          ["given as it was made", "made/same", "same"],
        ] as const) {
          await store.create(newRun(id, { fingerprint: existing }));
          const { created, run } = await store.create(newRun(id, { fingerprint: asked }), CLAIM);
          expectEqual([created, run], [false, await store.get(id)], id);
        }
        const refused = store.create(newRun("made alike", { fingerprint: "one/made" }));
        await expectRejection(refused, "WORKFLOW_CONFLICT", "one that was given what the other was made");
      }),
  ],
  "create-limit": [
    "refuses a new run over the limits whole",
    (context) =>
      withStore(
        context,
        async ({ store }) => {
          const refused = store.create(newRun("a", { entries: [row([1], new Uint8Array(101))] }));
          await expectRejection(refused, "LIMIT", "a value over the limit");
          expectEqual(await store.get("a"), null, "the record");
        },
        { driverLimits: { valueBytes: 100 } },
      ),
  ],
  "create-nasty-ids": [
    "tells apart runs and workflows with ids and names of any characters",
    (context) =>
      withStore(context, async ({ store }) => {
        for (const text of NASTY_TEXTS)
          await store.create(newRun(text, { workflowName: text, workflowVersion: text, fingerprint: text }));
        for (const [id, workflowVersion] of [
          ["of an empty version", ""],
          ["of no version", null],
        ] as const) {
          await store.create(newRun(id, { workflowName: "v", workflowVersion }));
          expectEqual((await store.get(id))?.workflowVersion, workflowVersion, "the version");
        }
        for (const text of NASTY_TEXTS) {
          const run = await store.get(text);
          const told = [run?.workflowId, run?.workflowName, run?.workflowVersion, run?.fingerprint];
          expectEqual(told, [text, text, text, text], "the run");
          const { runs } = await store.list({ workflowName: text, limit: 9 });
          expectEqual(
            runs.map(({ workflowId }) => workflowId),
            [text],
            "runs of the workflow",
          );
          const request = { owner: text, leaseMs: 1_000, limit: 9, workflowNames: [text] };
          const { claims } = await store.claim(request);
          expectEqual(
            claims.map(({ workflowId }) => workflowId),
            [text],
            "claimed runs of the workflow",
          );
          expectEqual((await store.get(text))?.lease?.owner, text, "the owner");
        }
      }),
  ],
  statistics: [
    "counts runs by status and queued messages",
    (context) =>
      withStore(context, async ({ store }) => {
        const none = Object.fromEntries(RUN_STATES.map((status) => [status, 0]));
        expectEqual(await store.statistics(), { runs: none, queuedMessages: 0 }, "of an empty store");
        await store.create(newRun("a"));
        for (const status of RUN_STATES) await store.create(newRun(status, { status }));
        for (const id of ["1", "2"]) await store.enqueue("a", message(id));
        const runs = { ...Object.fromEntries(RUN_STATES.map((status) => [status, 1])), pending: 2 };
        expectEqual(await store.statistics(), { runs, queuedMessages: 2 }, "the statistics");
        await store.delete("a");
        const left = { runs: { ...runs, pending: 1 }, queuedMessages: 0 };
        expectEqual(await store.statistics(), left, "after a run was deleted");
      }),
  ],
  "delete-held": [
    "deletes a run for its holder, and for nobody who held it before",
    (context) =>
      withStore(context, async ({ store }) => {
        await store.create(newRun("a"), CLAIM);
        const run = { workflowId: "a", force: true };
        const { claims } = await store.claim({ ...CLAIM, limit: 1, workflowNames: null, run });
        const epoch = claims[0]?.epoch ?? 0;
        expectEqual(await store.delete("a", epoch - 1), false, "whether a claim of before deleted it");
        expectEqual((await store.get("a"))?.workflowId, "a", "the run");
        expectEqual(await store.delete("a", epoch), true, "whether its holder deleted it");
        expectEqual(await store.get("a"), null, "the record");
        const given = await createClaimed(store, "given back");
        await store.release(given);
        expectEqual(await store.delete("given back", given.epoch), true, "by the newest claim, given back");
      }),
  ],
  "delete-all": [
    "deletes everything of a run and nothing of another",
    (context) =>
      withStore(context, async ({ store }) => {
        for (const id of ["a", "ab"]) {
          await store.create(newRun(id, { entries: [row([1])] }), CLAIM);
          for (const messageId of ["1", "2"]) await store.enqueue(id, message(messageId));
          const complete = [{ id: "1", response: bytes(9) }];
          await store
            .driver({ workflowId: id, epoch: 1 })
            .commit(batch({ epoch: 1, consume: ["1"], complete }));
        }
        expectEqual(await store.delete("a"), true, "whether a run was deleted");
        expectEqual(await store.delete("a"), false, "whether it was deleted again");
        expectEqual(await store.get("a"), null, "the record");
        expectEqual(await store.response("a", "1"), null, "the answer");
        const gone = store.driver({ workflowId: "a", epoch: 1 });
        expectEqual(
          [await gone.load(), await rowsUnder(gone, bytes()), await gone.peekMessages(null, 9)],
          [null, [], []],
          "the run",
        );
        await expectRejection(
          gone.commit(batch({ epoch: 1, expectedRevision: 2 })),
          "FENCED",
          "its holder's commit",
        );

        const { claim } = await store.create(newRun("a"), CLAIM);
        for (const messageId of ["1", "2"]) await store.enqueue("a", message(messageId));
        const fresh = store.driver({ workflowId: "a", epoch: claim?.epoch ?? 0 });
        expectEqual(
          [(await wholeRun(fresh))?.entries, await store.response("a", "1")],
          [[], null],
          "a new run of the id",
        );
        expectEqual((await fresh.peekMessages(null, 9)).length, 2, "its queue");
        const other = store.driver({ workflowId: "ab", epoch: 1 });
        expectEqual(
          [(await wholeRun(other))?.entries, await store.response("ab", "1")],
          [[row([1])], bytes(9)],
          "the other run",
        );
      }),
  ],
  isolation: [
    "keeps keys, messages and answers of two runs apart",
    (context) =>
      withStore(context, async ({ store }) => {
        for (const [id, value] of [
          ["a", 1],
          ["b", 2],
        ] as const) {
          await store.create(newRun(id), CLAIM);
          await store.enqueue(id, message("1", { body: bytes(value) }));
          const complete = [{ id: "1", response: bytes(value) }];
          await store
            .driver({ workflowId: id, epoch: 1 })
            .commit(batch({ epoch: 1, puts: [row([1], [value])], complete }));
        }
        const deleteRanges = [{ from: bytes(), to: bytes(255) }];
        await store
          .driver({ workflowId: "a", epoch: 1 })
          .commit(batch({ epoch: 1, expectedRevision: 2, deleteRanges, consume: ["1"] }));
        const b = store.driver({ workflowId: "b", epoch: 1 });
        expectEqual(await rowsUnder(b, bytes()), [row([1], [2])], "the other run's rows");
        expectEqual(
          (await b.peekMessages(null, 9)).map(({ body }) => body),
          [bytes(2)],
          "the other run's queue",
        );
        expectEqual(await store.response("b", "1"), bytes(2), "the other run's answer");
      }),
  ],
});
