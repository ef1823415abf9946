import { claimRun, commitAs, createClaimed, createParked, dueIds } from "./claimed-run.ts";
import { casesOf } from "./conformance-case.ts";
import { expectEqual, expectOffered, expectRejection } from "./expectations.ts";
import { batch, bytes, message, newRun, row, send } from "./samples.ts";
import { type StoreContext, withStore } from "./store-context.ts";
import { rowsUnder, wholeRun } from "./whole-run.ts";

const CLAIMANT = { owner: "sender", leaseMs: 10_000, workflowNames: ["w"] };

/** What a commit does to other runs, and what stores do with messages. */
export const effectCases = casesOf<StoreContext>({
  "enqueue-refused": [
    "refuses messages to unknown, finished and full runs",
    (context) =>
      withStore(
        context,
        async ({ store }) => {
          await createParked(store, "finished", { status: "completed" });
          await createParked(store, "full");
          await store.enqueue("full", message("1"));
          await expectRejection(store.enqueue("unknown", message("1")), "RUN_NOT_FOUND", "to an unknown run");
          await expectRejection(store.enqueue("finished", message("1")), "RUN_FINISHED", "to a finished run");
          await expectRejection(store.enqueue("full", message("2")), "QUEUE_FULL", "to a full run");
          await store.enqueue("full", message("1"));
        },
        { queuedMessages: 1 },
      ),
  ],
  "enqueue-claims": [
    "gives a run that a message makes due to its sender, in the same instant",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "a", { wants: ["m"] });
        const claim = await store.enqueue("a", message("1"), CLAIMANT);
        const expected = { workflowId: "a", workflowName: "w", epoch: 2, revision: 2, leaseMs: 10_000 };
        const first = { claimsWithoutCommit: 1, storeTime: clock.now(), requested: null };
        expectEqual(claim, { ...expected, ...first }, "the claim");
        expectEqual((await store.get("a"))?.lease?.owner, "sender", "the lease's owner");
        expectEqual(await dueIds(store), [], "due runs");
        if (claim !== null) await commitAs(store, claim, { consume: ["1"] });
        clock.advance(10_000);
        expectEqual(await dueIds(store), ["a"], "due runs when the lease has ended");
      }),
  ],
  "enqueue-claims-no-other": [
    "gives a sender no run that the message does not make due, or that is not one of its workflows",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        await createParked(store, "deaf", { wants: ["other"] });
        await createParked(store, "due", { wants: ["m"], wakeAt: clock.now() });
        await createParked(store, "paused", { status: "paused" });
        await createParked(store, "waiting", { wants: ["m"] });
        await createClaimed(store, "held");
        for (const id of ["deaf", "due", "paused", "held"])
          expectEqual(await store.enqueue(id, message("1"), CLAIMANT), null, `the claim of "${id}"`);
        const stranger = { ...CLAIMANT, workflowNames: ["another"] };
        expectEqual(await store.enqueue("waiting", message("1"), stranger), null, "of another workflow");
        expectEqual(await store.enqueue("waiting", message("1"), CLAIMANT), null, "with a known message");
        expectEqual((await dueIds(store)).sort(), ["due", "waiting"], "due runs");
      }),
  ],
  "enqueue-held": [
    "leaves a run with its holder when a message comes that it waits for",
    (context) =>
      withStore(context, async ({ store }) => {
        await createParked(store, "a", { wants: ["m"] });
        const held = await claimRun(store, "a");
        expectEqual(await store.enqueue("a", message("1"), CLAIMANT), null, "the sender's claim");
        expectEqual(await dueIds(store), [], "due runs");
        expectEqual((await store.get("a"))?.lease?.owner, "another", "the owner");
        if (held !== null) await commitAs(store, held, { status: "sleeping", consume: ["1"] });
      }),
  ],
  "enqueue-claims-any": [
    "gives a sender that runs any workflow the run, and tells what is requested of it",
    (context) =>
      withStore(context, async ({ store }) => {
        await createParked(store, "a", { wants: ["m"] });
        await store.request("a", "pause");
        const claim = await store.enqueue("a", message("1"), { ...CLAIMANT, workflowNames: null });
        expectEqual([claim?.workflowId, claim?.requested], ["a", "pause"], "the claim");
      }),
  ],
  "enqueue-response": [
    "gives the answer of a commit to whoever asks for it",
    (context) =>
      withStore(context, async ({ store }) => {
        const claim = await createClaimed(store, "a");
        await store.enqueue("a", message("1", { completable: true }));
        expectEqual(
          [await store.response("a", "1"), await store.response("b", "1")],
          [null, null],
          "before the answer",
        );
        await commitAs(store, claim, { consume: ["1"], complete: [{ id: "1", response: bytes(6) }] });
        expectEqual(await store.response("a", "1"), bytes(6), "the answer");
      }),
  ],
  "send-other": [
    "delivers a commit's messages with the commit, and makes their receivers due",
    (context) =>
      withStore(context, async ({ store }) => {
        await createParked(store, "b", { wants: ["m"] });
        const claim = await createClaimed(store, "a");
        await commitAs(store, claim, { send: [send("b", "1"), send("b", "2"), send("b", "1")] });
        expectEqual(await dueIds(store), ["b"], "due runs");
        const queue = await store.driver({ workflowId: "b", epoch: 0 }).peekMessages(null, 9);
        expectEqual(
          queue.map(({ id }) => id),
          ["1", "2"],
          "the receiver's queue",
        );
        await commitAs(store, claim, { send: [send("b", "2")] });
        expectEqual(
          (await store.driver({ workflowId: "b", epoch: 0 }).peekMessages(null, 9)).length,
          2,
          "after a repeat",
        );
      }),
  ],
  "send-refused": [
    "refuses a batch whole when a receiver is unknown, finished or full",
    (context) =>
      withStore(
        context,
        async ({ store }) => {
          await createParked(store, "finished", { status: "failed" });
          await createParked(store, "open");
          const claim = await createClaimed(store, "a");
          for (const [to, code] of [
            ["unknown", "RUN_NOT_FOUND"],
            ["finished", "RUN_FINISHED"],
            ["open", "QUEUE_FULL"],
          ]) {
            const sends = [send("open", "1"), send("open", "2"), send(to ?? "", "3")];
            const refused = commitAs(store, claim, { status: "sleeping", puts: [row([1])], send: sends });
            const error = await expectRejection(refused, "MESSAGE_REFUSED", `a send to a run that is ${to}`);
            expectEqual((error as { messageId?: unknown }).messageId, "3", "the refused message");
            expectEqual((error.cause as { code?: unknown } | undefined)?.code, code, "the reason");
          }
          expectEqual(
            (await store.driver({ workflowId: "open", epoch: 0 }).peekMessages(null, 9)).length,
            0,
            "the queue",
          );
          const run = await store.get("a");
          expectEqual([run?.revision, run?.status, run?.lease === null], [1, "pending", false], "the sender");
        },
        { queuedMessages: 2 },
      ),
  ],
  "send-one-id": [
    "queues messages of one id in each of the runs that a batch sends them to",
    (context) =>
      withStore(context, async ({ store }) => {
        const claim = await createClaimed(store, "a");
        for (const id of ["b", "c"]) await store.create(newRun(id));
        await commitAs(store, claim, { send: ["a", "b", "c", "b"].map((to) => send(to, "1")) });
        for (const workflowId of ["a", "b", "c"]) {
          const queue = await store.driver({ workflowId, epoch: 0 }).peekMessages(null, 9);
          expectEqual(
            queue.map(({ id }) => id),
            ["1"],
            `the queue of ${workflowId}`,
          );
        }
      }),
  ],
  "spawn-create": [
    "creates the runs of a commit with the commit, due at once or at their time",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const claim = await createClaimed(store, "a");
        const later = newRun("later", { wakeAt: clock.now() + 100 });
        const child = newRun("child", { header: bytes(5), entries: [row([1])], workflowVersion: "v" });
        await commitAs(store, claim, { spawn: [child, later, child], send: [send("child", "1")] });
        expectEqual(await dueIds(store), ["child"], "due runs");
        const driver = store.driver({ workflowId: "child", epoch: 1 });
        const image = await wholeRun(driver);
        expectEqual(
          [image?.header, image?.entries, image?.revision],
          [bytes(5), [row([1])], 1],
          "the new run",
        );
        expectEqual((await driver.peekMessages(null, 9)).length, 1, "its queue");
        const told = await store.get("child");
        expectEqual(
          [told?.workflowName, told?.workflowVersion, told?.fingerprint],
          ["w", "v", "print"],
          "its record",
        );
      }),
  ],
  "spawn-again": [
    "leaves a run alone that is there already, and refuses the batch for another one of its id",
    (context) =>
      withStore(context, async ({ store }) => {
        const claim = await createClaimed(store, "a");
        await createParked(store, "child");
        const before = await store.get("child");
        await commitAs(store, claim, { spawn: [newRun("child")] });
        expectEqual(await store.get("child"), before, "the run that was there");
        const spawn = [newRun("new"), newRun("child", { fingerprint: "other" })];
        await expectRejection(
          commitAs(store, claim, { spawn, puts: [row([1])] }),
          "WORKFLOW_CONFLICT",
          "another run",
        );
        expectEqual(
          [await store.get("new"), await rowsUnder(store.driver(claim), bytes())],
          [null, []],
          "what was written",
        );
      }),
  ],
  "commit-record": [
    "shows a commit in the run's record",
    (context) =>
      withStore(context, async ({ store, clock }) => {
        const claim = await createClaimed(store, "a");
        clock.advance(5);
        await commitAs(store, claim, { status: "sleeping", wakeAt: 77, wants: ["x", "\ud800"] });
        const run = await store.get("a");
        const shown = [run?.revision, run?.status, run?.wakeAt, run?.wants, run?.updatedAt];
        expectEqual(shown, [2, "sleeping", 77, ["x", "\ud800"], clock.now()], "the record");
      }),
  ],
  "commit-together": [
    "keeps the writes of one turn apart: what is refused takes nothing else with it",
    (context) =>
      withStore(context, async ({ store }) => {
        const claims = await Promise.all(
          Array.from({ length: 10 }, (_, index) => createClaimed(store, `run ${index}`)),
        );
        const commits = claims.map((claim, index) => {
          const expectedRevision = index % 3 === 0 ? 9 : 1;
          return store
            .driver(claim)
            .commit(batch({ epoch: claim.epoch, expectedRevision, puts: [row([index])] }));
        });
        const others = [
          store.enqueue("unknown", message("1")),
          store.create(newRun("run 1", { fingerprint: "other" })),
        ];
        const outcomes = await Promise.allSettled([
          ...commits,
          ...others,
          store.enqueue("run 0", message("1")),
        ]);
        const applied = outcomes.map(({ status }) => (status === "fulfilled" ? 1 : 0)).join("");
        expectEqual(applied, "0110110110" + "00" + "1", "what was applied");
        for (const [index, claim] of claims.entries()) {
          const rows = await rowsUnder(store.driver(claim), bytes());
          expectEqual(rows.length, index % 3 === 0 ? 0 : 1, `rows of run ${index}`);
        }
      }),
  ],
  "transactions-per-step": [
    "costs N + 1 write transactions for N steps, the creation included",
    (context) =>
      withStore(context, async ({ store, transactions }) => {
        const count = expectOffered(transactions, "transactions");
        const before = count();
        const claim = await createClaimed(store, "a");
        const driver = store.driver(claim);
        for (let step = 1; step <= 10; step++) {
          const status = step === 10 ? "completed" : "running";
          await driver.commit(
            batch({ epoch: claim.epoch, expectedRevision: step, status, puts: [row([step])] }),
          );
        }
        await driver.load();
        await driver.peekMessages(null, 1);
        expectEqual(count() - before, 11, "write transactions");
      }),
  ],
});
