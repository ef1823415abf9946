import { InvalidArgumentError, RunStateError, type WorkflowHandle } from "holdfast";
import { describe, expect, it } from "vitest";
import { type Instant, type Life, liveThrough, type Operation } from "./operator-sweep.ts";

/** Every instant at which the host calls the store, by both who may act. */
function* instants(calls: number): Iterable<Instant> {
  for (let call = 1; call <= calls; call++)
    for (const after of [false, true])
      for (const by of ["host", "client"] as const) yield { call, after, by };
}

const undone = ({ effects }: Life): readonly string[] =>
  effects.filter((effect) => effect.startsWith("-")).map((effect) => effect.slice(1));

/** What whoever acted was told. */
function told(life: Life): unknown {
  if (life.told !== null && "error" in life.told) throw life.told.error;
  return life.told?.value;
}

const hasWon = (life: Life): boolean => (told(life) as { cancelled: boolean }).cancelled;

const made = ({ effects }: Life): readonly string[] =>
  effects.filter((effect) => effect.startsWith("+")).map((effect) => effect.slice(1));

/** Handlers of all committed steps ran, once each, last committed first (P12). */
function expectUndone(life: Life): void {
  expect(undone(life)).toEqual(life.armed);
}

/** How a run ends that nobody disturbs. */
function expectOwnEnd(life: Life, fails: boolean): void {
  expect(life.state).toBe(fails ? "failed" : "completed");
  expect(new Set(life.armed)).toEqual(new Set(["a", "b", "c", "d"]));
  if (fails) expectUndone(life);
  else expect(undone(life)).toEqual([]);
}

/** Each body ran once, and once more at most where it was cut off. */
function expectStarts({ starts }: Life, most: number): void {
  for (const [name, count] of starts) expect(count, `starts of ${name}`).toBeLessThanOrEqual(most);
}

/** Nothing has come of it: each body and handler ran once. */
function expectUndisturbed(life: Life, fails: boolean): void {
  expectStarts(life, 1);
  expectOwnEnd(life, fails);
}

function isRefused({ told }: Life): boolean {
  if (told === null || !("error" in told)) return false;
  return InvalidArgumentError.is(told.error) || RunStateError.is(told.error);
}

interface Swept {
  readonly name: string;
  readonly operation: Operation;
  readonly check: (life: Life, fails: boolean) => void;
}

const operations: readonly Swept[] = [
  {
    name: "a pause, taken away again,",
    operation: (handle) => handle.pause(),
    check: expectUndisturbed,
  },
  {
    name: "an eviction",
    operation: (handle) => handle.evict(),
    check: (life, fails) => {
      expectStarts(life, 2);
      expectOwnEnd(life, fails);
    },
  },
  {
    name: "a wake",
    operation: (handle) => handle.wake(),
    check: expectUndisturbed,
  },
  {
    name: "a cancel",
    operation: (handle) => handle.cancel(),
    check: (life, fails) => {
      expectStarts(life, 1);
      if (!hasWon(life)) expectOwnEnd(life, fails);
      else expect([life.state, undone(life)]).toEqual(["cancelled", []]);
    },
  },
  {
    name: "a cancel with compensation",
    operation: (handle) => handle.cancel({ compensate: true }),
    check: (life, fails) => {
      expectStarts(life, 1);
      if (!hasWon(life)) expectOwnEnd(life, fails);
      else {
        expect(life.state).toBe("cancelled");
        expectUndone(life);
        // Every body that has ended was committed with the cancel, if not before.
        expect(new Set(undone(life))).toEqual(new Set(made(life)));
      }
    },
  },
  ...(["pause", "evict"] as const).map((meanwhile) => ({
    name: `a cancel with compensation beside a ${meanwhile}`,
    operation: async (handle: WorkflowHandle) => {
      const [outcome] = await Promise.all([
        handle.cancel({ compensate: true }),
        handle[meanwhile]().catch(() => {}),
      ]);
      return outcome;
    },
    check: (life: Life, fails: boolean) => {
      expectStarts(life, 2);
      if (!hasWon(life)) expectOwnEnd(life, fails);
      else {
        expect(life.state).toBe("cancelled");
        expectUndone(life);
      }
    },
  })),
  {
    name: "a rewind",
    operation: (handle) => handle.rewind({ to: "both/~left/b" }),
    check: (life, fails) => {
      // Refused: there is nothing to go back to yet.
      if (isRefused(life)) return expectUndisturbed(life, fails);
      expectStarts(life, 3);
      expect(life.state).toBe(fails ? "failed" : "completed");
      expect(new Set(life.armed)).toEqual(new Set(["a", "b", "c", "d"]));
      for (const name of life.armed) {
        const last = life.effects.findLast((effect) => effect.endsWith(name));
        expect(last).toBe(`${fails ? "-" : "+"}${name}`);
      }
    },
  },
  {
    name: "a recover",
    operation: (handle) => handle.recover(),
    check: (life, fails) => {
      expect(isRefused(life)).toBe(true);
      expectUndisturbed(life, fails);
    },
  },
  {
    name: "a resume",
    operation: (handle) => handle.resume(),
    check: expectUndisturbed,
  },
  {
    name: "a delete",
    operation: ({ workflowId }, client) => client.delete(workflowId),
    check: (life) => {
      expectStarts(life, 1);
      expect([told(life), life.state]).toEqual([true, null]);
      expect(undone(life)).toEqual(made(life).toReversed().slice(0, undone(life).length));
    },
  },
];

describe.each([
  ["succeeds", false],
  ["fails and is rolled back", true],
])("of a run that %s, at every call of its host", (_what, fails) => {
  it.each(operations)("$name does what it says and nothing else", { timeout: 120_000 }, async (swept) => {
    const { calls } = await liveThrough(fails, null);
    expect(calls).toBeGreaterThan(8);
    for (const at of instants(calls)) {
      const life = await liveThrough(fails, { operation: swept.operation, at });
      try {
        swept.check(life, fails);
      } catch (error) {
        const where = `${at.after ? "after" : "before"} call ${at.call}, by the ${at.by}`;
        throw new Error(`${where}: ${String(error)}; ${JSON.stringify(life)}`, { cause: error });
      }
    }
  });
});
