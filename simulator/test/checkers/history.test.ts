import { describe, expect, it } from "vitest";
import { encodeFailure } from "#holdfast/history/failure.ts";
import { KeySpace } from "#holdfast/history/key.ts";
import { HistoryDivergedError } from "#holdfast/model/errors/history-errors.ts";
import { oneResult } from "../../checkers/i01-one-result.ts";
import { gaplessOrder } from "../../checkers/i02-gapless-order.ts";
import { startsAccounted } from "../../checkers/i03-starts-accounted.ts";
import { noStartAfterCommit } from "../../checkers/i04-no-start-after-commit.ts";
import { attemptsBounded } from "../../checkers/i05-attempts-bounded.ts";
import { sameValuesOnReplay } from "../../checkers/i06-same-values-on-replay.ts";
import { pureReplay } from "../../checkers/i07-pure-replay.ts";
import { divergenceTold } from "../../checkers/i08-divergence-told.ts";
import { failed, findings, pending, settled, Tale, told } from "./tale.ts";

describe("I1: one result", () => {
  it("lets results come, be compensated, be pruned, and be taken back by an operator", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { a: settled(1, { armed: true }), "l/#0/a": settled(2) } });
      const compensation = { attempts: 1, retryAt: null, done: true, failure: null };
      await run.commit({ put: { a: settled(1, { armed: true, compensation }) }, leave: ["l/#0"] });
      await run.commit({ put: { a: null } });
      await run.commit({ put: { a: settled(3) } });
    });
    expect(findings(oneResult, tale.evidence())).toEqual([]);
  });

  it("speaks when a result changes, comes twice, or is taken back by nobody", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { a: settled(1, { value: 1 }), b: settled(2), "l/#0/c": settled(3) } });
      await run.commit({ put: { a: settled(1, { value: 2 }), b: pending() }, leave: ["l/#0"] });
      await run.commit({ put: { "l/#0/c": settled(4) } });
    });
    expect(findings(oneResult, tale.evidence())).toEqual([
      expect.stringContaining('at "a" was changed'),
      expect.stringContaining('at "b" was taken back by no operator'),
      expect.stringContaining('second result was committed at "l/#0/c"'),
    ]);
  });
});

describe("I2: order without gaps", () => {
  it("lets numbers go on, and lets decided races leave some out", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { a: settled(1), b: settled(2) } });
      await run.commit({ put: { "r/~x/c": settled(3) } });
      await run.commit({ put: { r: settled(5, { kind: "race" }) } });
    });
    expect(findings(gaplessOrder, tale.evidence())).toEqual([]);
  });

  it("speaks of gaps, doublets and numbers of the past", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { a: settled(1), b: settled(3) } });
      await run.commit({ put: { c: settled(4), d: settled(4), e: settled(2) } });
    });
    expect(findings(gaplessOrder, tale.evidence())).toEqual([
      "1 of the numbers 1 to 3 are missing",
      expect.stringContaining('"e" has number 2'),
      expect.stringContaining("number 4 was given twice"),
    ]);
  });
});

describe("I3: starts are accounted for", () => {
  it("lets a body start again after its process died or its lease ended", async () => {
    const tale = await told(async (run, at) => {
      run.start("a");
      at.tell("host-0", { type: "process-killed" });
      at.later(10_001);
      await run.claim("host-1");
      run.start("a", { process: "host-1" })();
      await run.commit({ process: "host-1", put: { a: settled(1) } });
    });
    expect(findings(startsAccounted, tale.evidence())).toEqual([]);
  });

  it("lets a body start again after the run was held", async () => {
    const tale = await told(async (run) => {
      run.start("a")();
      await run.commit({ status: "paused", header: { pause: "corruption" } });
      await run.claim();
      await run.commit({ status: "sleeping", wakeAt: 0 });
      await run.claim("host-1");
      run.start("a", { process: "host-1" });
    });
    expect(findings(startsAccounted, tale.evidence())).toEqual([]);
  });

  it("lets a body start again whose process had left it at the end of its lease, before the storage thought so", async () => {
    const tale = await told(async (run, at) => {
      run.start("a")();
      at.later(8_400);
      await run.release();
      await run.claim();
      run.start("a");
    });
    expect(findings(startsAccounted, tale.evidence())).toEqual([]);
  });

  it("lets a body start again that its process left soon after a pause", async () => {
    const tale = await told(async (run, at) => {
      at.tell("host-0", { type: "process-continued" });
      run.start("a")();
      await run.release();
      await run.claim();
      run.start("a");
    });
    expect(findings(startsAccounted, tale.evidence())).toEqual([]);
  });

  it("lets a robbed process start what an operator has taken back", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { a: pending() } });
      await run.claim("client", { force: true });
      await run.commit({ put: { a: null }, status: "sleeping", wakeAt: 0, process: "client" });
      run.start("a", { atMostOnce: true });
      await run.claim("host-1");
      run.start("a", { process: "host-1", atMostOnce: true });
    });
    expect(findings(startsAccounted, tale.evidence())).toEqual([]);
  });

  it("speaks of a second start under one claim", async () => {
    const tale = await told(async (run) => {
      run.start("a");
      run.start("a");
    });
    expect(findings(startsAccounted, tale.evidence())).toEqual([
      expect.stringContaining("under the same claim"),
    ]);
  });

  it("speaks of a second start for which there is no reason, and of one that is at most once", async () => {
    const tale = await told(async (run, at) => {
      run.start("a")();
      run.start("b", { atMostOnce: true });
      await run.release();
      await run.claim("host-1");
      run.start("a", { process: "host-1" });
      at.tell("host-0", { type: "process-killed" });
      run.start("b", { process: "host-1", atMostOnce: true });
    });
    expect(findings(startsAccounted, tale.evidence())).toEqual([
      expect.stringContaining("nothing had stopped"),
      expect.stringContaining("at most once"),
    ]);
  });
});

describe("I4: no start after the commit", () => {
  it("lets a body start after a rewind, and lets a robbed process not know", async () => {
    const tale = await told(async (run) => {
      run.start("a")();
      await run.commit({ put: { a: settled(1) } });
      await run.claim("client", { force: true });
      await run.commit({ put: { a: null }, status: "sleeping", wakeAt: 0, process: "client" });
      await run.claim("host-1");
      run.start("a", { process: "host-1" })();
      await run.commit({ put: { a: settled(2) }, process: "host-1" });
      run.start("a", { process: "host-0" });
    });
    expect(findings(noStartAfterCommit, tale.evidence())).toEqual([]);
  });

  it("lets what an iteration had pruned start again after a rewind of its loop, attempt after attempt", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { l: pending({ kind: "loop" }), "l/#0/a": settled(1) } });
      await run.commit({ leave: ["l/#0"] });
      await run.commit({ put: { l: null } });
      run.start("l/#0/a");
      await run.commit({ put: { "l/#0/a": pending({ count: 1 }) } });
      run.start("l/#0/a", { attempt: 2 });
    });
    expect(findings(noStartAfterCommit, tale.evidence())).toEqual([]);
  });

  it("speaks of a start after the commit, pruned or not", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { a: settled(1), "l/#0/b": failed(2, new Error("no")) } });
      run.start("a");
      await run.commit({ leave: ["l/#0"] });
      run.start("l/#0/b");
    });
    expect(findings(noStartAfterCommit, tale.evidence())).toHaveLength(2);
  });
});

describe("I4: no start before the commit", () => {
  it("lets a body start when what its code saw is committed", async () => {
    const tale = await told(async (run) => {
      run.seen("a", 1);
      await run.commit({ put: { a: settled(1) } });
      run.start("b");
    });
    expect(findings(noStartAfterCommit, tale.evidence())).toEqual([]);
  });

  it("speaks of one that starts before", async () => {
    const sleep = { kind: "sleep", name: "a", ms: 1 } as const;
    const tale = await told(async (run) => {
      run.seen("a", undefined, { operation: "sleep" });
      run.start("b");
    });
    expect(findings(noStartAfterCommit, tale.evidence({ body: { statements: [sleep] } }))).toEqual([
      'the body at "b" started before what was seen at "a" was committed',
    ]);
  });
});

describe("I5: attempts", () => {
  it("lets attempts follow their records", async () => {
    const tale = await told(async (run) => {
      run.start("a", { allowed: 2 })({ ok: false, error: "no" });
      await run.commit({ put: { a: pending({ count: 1 }), b: pending({ count: 1 }) } });
      run.start("b", { atMostOnce: true });
      run.start("a", { attempt: 2, allowed: 2 });
    });
    expect(findings(attemptsBounded, tale.evidence())).toEqual([]);
  });

  it("speaks of an attempt whose predecessor is not recorded, and of one too many", async () => {
    const tale = await told(async (run) => {
      run.start("a", { attempt: 2 });
      await run.commit({ put: { b: pending({ count: 4 }) } });
      run.start("b", { attempt: 5, allowed: 4 });
    });
    expect(findings(attemptsBounded, tale.evidence())).toEqual([
      expect.stringContaining('attempt 2 started at "a", where 0 were recorded'),
      expect.stringContaining("attempt 5 of 4"),
    ]);
  });

  it("speaks of a recover that does not give all attempts back", async () => {
    const tale = await told(async (run) => {
      await run.commit({
        put: { a: failed(1, new Error("no"), { count: 3 }) },
        status: "failed",
        error: "no",
      });
      await run.claim();
      const less = pending({ count: 3 });
      await run.commit({ put: { a: less }, status: "sleeping", wakeAt: 0, undone: true });
    });
    expect(findings(attemptsBounded, tale.evidence())).toEqual([
      'the step at "a" was given back 3 attempts less',
    ]);
  });

  it("speaks of a body that kills its process for ever", async () => {
    const tale = await told(async (run, at) => {
      for (let i = 0; i < 13; i++) {
        run.start("a");
        at.later(10_001);
        await run.claim();
      }
    });
    expect(findings(attemptsBounded, tale.evidence())).toEqual([
      expect.stringContaining("12 claims"),
      expect.stringContaining("13 claims"),
    ]);
  });

  it("lets a run be held that ends its process, and speaks of one held too soon, or for what ran beside it", async () => {
    const heldAfter = (claims: number, killer: string) =>
      told(async (run, at) => {
        for (let start = 1; start <= claims; start++) {
          at.tell("host-0", { type: "body-killed", run: killer, path: "a", start });
          at.tell("host-0", { type: "process-killed" });
          at.later(10_001);
          await run.claim();
        }
        await run.commit({ status: "paused", header: { pause: "crash-loop" } });
      });
    const spoken = async (claims: number, killer: string) =>
      findings(attemptsBounded, (await heldAfter(claims, killer)).evidence());
    expect(await spoken(12, "run")).toEqual([]);
    expect(await spoken(10, "run")).toEqual([expect.stringContaining("after 10 claims")]);
    expect(await spoken(12, "other")).toEqual([expect.stringContaining("bodies of other runs")]);
  });
});

describe("I6: the same values on replay", () => {
  it("lets a result that was never committed come out otherwise", async () => {
    const tale = await told(async (run, at) => {
      run.seen("a", 1);
      at.later(10_001);
      await run.claim("host-1");
      run.seen("a", 2, { pass: 2, process: "host-1" });
      await run.commit({ put: { a: settled(1) }, process: "host-1" });
      run.seen("a", 2, { pass: 3, process: "host-1" });
    });
    expect(findings(sameValuesOnReplay, tale.evidence())).toEqual([]);
  });

  it("lets the pass of a run that was deleted see what no other will see", async () => {
    const tale = await told(async (run, at) => {
      at.tell("host-0", { type: "pass-started", run: "run", pass: 1, version: 1 });
      await run.delete();
      const reborn = await at.run("run");
      reborn.seen("a", 1);
      at.tell("host-0", { type: "pass-started", run: "run", pass: 2, version: 1 });
      reborn.seen("a", 2, { pass: 2 });
      await reborn.commit({ put: { a: settled(1) } });
    });
    expect(findings(sameValuesOnReplay, tale.evidence())).toEqual([]);
  });

  it("says nothing of a pass that may be late with a claim of a deleted run", async () => {
    const late = (heard: boolean) =>
      told(async (run, at) => {
        if (heard) await run.commit();
        await run.delete();
        const reborn = await at.run("run", { claimed: false });
        await reborn.claim("host-1");
        at.tell("host-1", { type: "pass-started", run: "run", pass: 1, version: 1 });
        await reborn.commit({ process: "host-1", put: { a: settled(1) }, status: "sleeping" });
        reborn.seen("a", 1, { process: "host-1" });
        await reborn.claim("host-0", { force: true });
        at.tell("host-0", { type: "pass-started", run: "run", pass: 2, version: 1 });
        reborn.seen("a", 2, { pass: 2 });
      });
    expect(findings(sameValuesOnReplay, (await late(false)).evidence())).toEqual([]);
    expect(findings(sameValuesOnReplay, (await late(true)).evidence())).toHaveLength(1);
  });

  it("speaks when a replay sees another value than the pass that committed", async () => {
    const tale = await told(async (run) => {
      run.seen("a", 0);
      await run.commit({ put: { a: settled(1) } });
      run.seen("a", -0, { pass: 2 });
    });
    expect(findings(sameValuesOnReplay, tale.evidence())).toEqual([
      expect.stringContaining("pass 2 saw -0, another 0"),
    ]);
  });
});

describe("I6: draws", () => {
  const draw = { operation: "draw" } as const;

  it("may come out otherwise where nothing was committed after them, and not where something was", async () => {
    const drawn = (committed: boolean) =>
      told(async (run) => {
        run.seen("?draw:0", 1, draw);
        if (committed) await run.commit();
        run.seen("?draw:0", 2, { ...draw, pass: 2 });
        await run.commit();
      });
    expect(findings(sameValuesOnReplay, (await drawn(true)).evidence())).toHaveLength(1);
    const tale = await told(async (run, at) => {
      run.seen("?draw:0", 1, draw);
      at.later(10_001);
      await run.claim("host-1");
      run.seen("?draw:0", 2, { ...draw, pass: 2, process: "host-1" });
      await run.commit({ process: "host-1" });
    });
    expect(findings(sameValuesOnReplay, tale.evidence())).toEqual([]);
  });
});

describe("I6: draws and deploys", () => {
  it("lets other code move what is drawn behind it, and nothing but other code", async () => {
    const drawn = (versionBetween: number) =>
      told(async (run, at) => {
        const pass = async (pass: number, version: number, value: number) => {
          at.tell("host-0", { type: "pass-started", run: "run", pass, version });
          run.seen("?draw:1", value, { operation: "draw", pass });
          await run.commit();
        };
        await pass(1, 2, 1);
        await pass(2, versionBetween, 1);
        await pass(3, 2, 3);
      });
    expect(findings(sameValuesOnReplay, (await drawn(1)).evidence())).toEqual([]);
    expect(findings(sameValuesOnReplay, (await drawn(2)).evidence())).toHaveLength(1);
  });
});

describe("I7: pure replay", () => {
  const still = { writes: 0, same: true, bodies: 0, rests: true, seen: ["a: 1"] };

  it("lets two replays be the same", () => {
    const tale = new Tale();
    tale.tell("world", { type: "replayed", run: "run", first: still, second: still });
    expect(findings(pureReplay, tale.evidence())).toEqual([]);
  });

  it("speaks of writes, bodies, other bytes and other values, and of one that does not rest", () => {
    const tale = new Tale();
    const wild = { writes: 1, same: false, bodies: 1, rests: false, seen: ["a: 2"] };
    tale.tell("world", { type: "replayed", run: "run", first: still, second: wild });
    expect(findings(pureReplay, tale.evidence())).toHaveLength(5);
  });
});

describe("I8: divergence", () => {
  const details = { location: "a", recorded: "a step", asked: "asks for a sleep" };
  const error = encodeFailure(new HistoryDivergedError("run", details));
  const held = { status: "paused", header: { pause: "divergence" } } as const;

  /** A run that passes of these versions ran, one after the other; the last one diverges. */
  const diverged = (...versions: number[]): Promise<Tale> =>
    told(async (run, at) => {
      for (const [index, version] of versions.entries())
        at.tell("host-0", { type: "pass-started", run: run.id, pass: index + 1, version });
      run.journal.setSingle(KeySpace.hold, error);
      await run.commit(held);
    });
  const newer = { statements: [] };

  it("lets newer code that breaks the rules diverge, and older code that comes back after it", async () => {
    const broken = (await diverged(1, 2)).evidence({ newer, breaksRules: true });
    expect(findings(divergenceTold, broken)).toEqual([]);
    expect(findings(divergenceTold, (await diverged(1, 2, 1)).evidence({ newer }))).toEqual([]);
  });

  it("speaks when newer code diverges that keeps to the rules", async () => {
    expect(findings(divergenceTold, (await diverged(1, 2)).evidence({ newer }))).toEqual([
      expect.stringContaining("keeps to the rules"),
    ]);
  });

  it("speaks when code is given what is recorded of another kind of operation", async () => {
    const tale = await told(async (run, at) => {
      at.tell("host-0", { type: "pass-started", run: run.id, pass: 1, version: 1 });
      await run.commit({ put: { a: settled(1) } });
      run.seen("a", 1, { operation: "sleep" });
      run.seen("a", 1);
    });
    expect(findings(divergenceTold, tale.evidence())).toEqual([
      expect.stringContaining("was given what is recorded of a step"),
    ]);
  });

  it("speaks when code that is the same diverges, without an error, or with other writes", async () => {
    const tale = await told(async (run, at) => {
      at.tell("host-0", { type: "process-started", version: 1 });
      run.journal.setSingle(KeySpace.hold, error);
      await run.commit(held);
      run.journal.setSingle(KeySpace.hold, null);
      await run.claim();
      await run.commit({ status: "sleeping", wakeAt: 0 });
      await run.claim();
      await run.commit({ ...held, put: { a: settled(1) } });
    });
    expect(findings(divergenceTold, tale.evidence())).toEqual([
      expect.stringContaining("keeps to the rules"),
      expect.stringContaining("wrote something else"),
      expect.stringContaining("has no error that names it"),
    ]);
  });
});
