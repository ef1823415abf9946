import { beforeEach, expect, it } from "vitest";
import type { WorkflowContext } from "../../src/model/context.ts";
import { Loop } from "../../src/model/loop.ts";
import type { HistorySnapshot } from "../../src/model/snapshot.ts";
import { EngineLab } from "../engine-lab.ts";
import { interceptedStore } from "../host/intercepted-store.ts";

/** How long each commit is under way. */
const COMMIT_MS = 10;

let lab: EngineLab;
beforeEach(() => {
  lab = new EngineLab();
});

/** Runs it on a storage that is slow to answer: what its snapshots show, and what was stored with the same revisions. */
async function shownAndStored(workflow: (ctx: WorkflowContext) => Promise<unknown>): Promise<string[][]> {
  const { storage, clock } = lab;
  const shown: HistorySnapshot[] = [];
  const stored: HistorySnapshot[] = [];
  const driver = interceptedStore(storage, async (method, go) => {
    const answer = await go();
    if (method !== "commit") return answer;
    stored.push(await handle.history());
    await clock.sleep(COMMIT_MS);
    return answer;
  });
  const handle = lab.start(workflow, { driver, onHistoryUpdated: (snapshot) => shown.push(snapshot) });
  await clock.settle(handle.result);
  return [shown.map(textOf), stored.map(textOf)];
}

function textOf({ revision, status, entries }: HistorySnapshot): string {
  return [revision, status, ...entries.map(({ id, status: of, count }) => `${id} ${of} ${count}`)].join(", ");
}

it("a snapshot after a commit shows none of the results that came while it was under way", async () => {
  const { clock } = lab;
  const [shown, stored] = await shownAndStored(async (ctx) => {
    await Promise.all([
      ctx.step("first", () => clock.sleep(10)).then(() => ctx.step("second", () => clock.sleep(50))),
      // It ends while the commit of the first is under way.
      ctx.step("beside", () => clock.sleep(15)),
    ]);
    await ctx.step("last", () => 1);
  });
  expect(shown).toEqual(stored);
  expect(shown?.length).toBeGreaterThan(3);
});

it("and it shows what is removed meanwhile", async () => {
  const { clock } = lab;
  const [shown, stored] = await shownAndStored((ctx) =>
    Promise.all([
      ctx.loop({
        name: "rounds",
        state: 0,
        historySize: 0,
        historyPruneInterval: 1,
        run: async (each, round) => {
          await each.step({ name: "turn", ephemeral: true, run: () => clock.sleep(4) });
          return round < 9 ? Loop.continue(round + 1) : Loop.break(round);
        },
      }),
      ctx.step("beside", () => clock.sleep(11)).then(() => ctx.step("behind", () => clock.sleep(11))),
    ]),
  );
  expect(shown).toEqual(stored);
  expect(shown?.length).toBeGreaterThan(3);
});
