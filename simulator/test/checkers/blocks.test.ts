import { describe, expect, it } from "vitest";
import { pinnedVersions } from "../../checkers/i10-pinned-versions.ts";
import { loopsAdvance } from "../../checkers/i24-loops-advance.ts";
import { branches } from "../../checkers/i25-branches.ts";
import { onlyDeclaredFailures } from "../../checkers/i26-only-declared-failures.ts";
import type { Program } from "../../program/program.ts";
import { findings, pending, settled, told } from "./tale.ts";

const loop = (pruneInterval: number, historySize: number): { body: Program["body"] } => {
  const body = { statements: [] };
  const plain = { kind: "loop", name: "l", times: 100, stateful: true } as const;
  return { body: { statements: [{ ...plain, pruneInterval, historySize, body }] } };
};

describe("I10: pinned versions", () => {
  it("lets a gate answer the same to all code", async () => {
    const tale = await told(async (run) => {
      run.seen("v", 2, { operation: "version" });
      await run.commit({ put: { v: settled(1, { kind: "version", count: 2 }) } });
      run.seen("v", 2, { operation: "version", pass: 2 });
    });
    expect(findings(pinnedVersions, tale.evidence())).toEqual([]);
  });

  it("speaks when it answers otherwise, and when another answer is stored", async () => {
    const tale = await told(async (run, at) => {
      at.tell("host-0", { type: "pass-started", run: "run", pass: 1, version: 1 });
      run.seen("v", 1, { operation: "version" });
      await run.commit({ put: { v: settled(1, { kind: "version", count: 1 }) } });
      at.tell("host-0", { type: "pass-started", run: "run", pass: 2, version: 2 });
      run.seen("v", 2, { operation: "version", pass: 2 });
      await run.commit({ put: { v: settled(1, { kind: "version", count: 2 }) } });
    });
    expect(findings(pinnedVersions, tale.evidence())).toEqual([
      'the version at "v" was 1 and became 2',
      'the version at "v" was 1, and 2 in pass 2',
    ]);
  });
});

describe("I24: loops", () => {
  const at = (count: number) => pending({ kind: "loop", count });

  it("lets a loop advance and prune what is too old", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { l: at(0), "l/#0/a": settled(1), "l/#1/a": settled(2) } });
      await run.commit({ put: { l: at(2) }, leave: ["l/#0"] });
    });
    expect(findings(loopsAdvance, tale.evidence(loop(2, 1)))).toEqual([]);
  });

  it("lets a decided race remove its losers", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { "r/~x/a": settled(1), "r/~y/b": settled(2) } });
      const decided = settled(3, { kind: "race", value: { winner: "x", value: 1 } });
      await run.commit({ put: { r: decided }, leave: ["r/~y"] });
    });
    expect(findings(loopsAdvance, tale.evidence())).toEqual([]);
  });

  it("speaks of a loop that goes back, that prunes too much, or beside itself", async () => {
    const tale = await told(async (run) => {
      const inside = { "l/#4/a": settled(1), "l/#5/a": settled(2) };
      await run.commit({ put: { l: at(6), other: settled(3), ...inside } });
      await run.commit({ put: { l: at(5) }, leave: ["l/#5", "other"] });
    });
    expect(findings(loopsAdvance, tale.evidence(loop(1, 2)))).toEqual([
      expect.stringContaining('"l/#5/a" was removed, at iteration 5 of a loop that keeps 2'),
      expect.stringContaining('"other" was removed, which no loop'),
      'the loop "l" went back from 6 to 5',
    ]);
  });

  it("speaks of iterations that are never pruned", async () => {
    const tale = await told(async (run) => {
      await run.commit({ put: { l: at(0), "l/#0/a": settled(1) } });
      await run.commit({ put: { l: at(4) } });
    });
    expect(findings(loopsAdvance, tale.evidence(loop(1, 2)))).toEqual([
      '"l/#0" is still there at iteration 4 of a loop that keeps 3',
    ]);
  });
});

describe("I25: branches", () => {
  const won = settled(3, { kind: "race", value: { winner: "x", value: 1 } });

  it("lets losers be told to stop, and joins end with their branches", async () => {
    const tale = await told(async (run, at) => {
      run.start("r/~y/b");
      at.tell("host-0", { type: "body-aborted", run: "run", path: "r/~y/b", start: 1, reason: "lost" });
      await run.commit({ put: { r: won, "j/~x/a": settled(1), j: settled(2, { kind: "join" }) } });
      run.seen("r/~x/a", 1);
    });
    expect(findings(branches, tale.evidence())).toEqual([]);
  });

  it("lets a map inside a join leave items behind", async () => {
    const tale = await told(async (run) => {
      const put = { "j/~x/m": settled(1, { kind: "map" }), "j/~x/m/[1]/a": pending() };
      await run.commit({ put: { ...put, j: settled(2, { kind: "join" }) } });
    });
    expect(findings(branches, tale.evidence())).toEqual([]);
  });

  it("speaks of losers that are not told or whose results are seen, and of joins that do not wait", async () => {
    const tale = await told(async (run) => {
      run.start("r/~y/b");
      await run.commit({ put: { r: won, "j/~x/a": pending(), j: settled(2, { kind: "join" }) } });
      run.seen("r/~y/b", 1);
    });
    expect(findings(branches, tale.evidence()).toSorted()).toEqual([
      '"r/~y/b" lost its race and was not told to stop (start 1)',
      '"r/~y/b" was seen after "x" had won the race "r"',
      'the join "j" ended while "j/~x/a" ran',
    ]);
  });
});

describe("I25: maps", () => {
  const map = { kind: "map", name: "m", items: 3, concurrency: 1, body: { statements: [] } } as const;

  it("speaks of more items at once than a map may have", async () => {
    const crowd = (together: boolean) =>
      told(async (run) => {
        const end = run.start("m/[0]/a");
        if (!together) end();
        run.start("m/[1]/a");
      });
    const evidence = async (together: boolean) =>
      (await crowd(together)).evidence({ body: { statements: [map] } });
    expect(findings(branches, await evidence(false))).toEqual([]);
    expect(findings(branches, await evidence(true))).toEqual(['2 items of "m" ran at once, of 1']);
  });
});

describe("I26: only declared failures", () => {
  const body: Program["body"] = {
    statements: [{ kind: "try", name: "t", body: { statements: [] }, catch: ["join"] }],
  };
  const failure = (kind: string) => ({ ok: false, failure: { kind, error: new Error("no") } });

  it("lets try give what it declares", async () => {
    const tale = await told(async (run) => {
      run.seen("t", failure("join"), { operation: "try" });
      run.seen("s", failure("critical"), { operation: "tryStep" });
      run.seen("x", { ok: false, failure: { kind: "mine" } });
    });
    expect(findings(onlyDeclaredFailures, tale.evidence({ body }))).toEqual([]);
  });

  it("speaks of other failures, and of signals of the engine", async () => {
    const tale = await told(async (run, at) => {
      run.seen("t", failure("step"), { operation: "try" });
      run.seen("s", failure("rollback"), { operation: "tryStep" });
      const error = 'HoldfastError("FencedError", "FENCED", "no longer")';
      const outcome = { ok: false, error } as const;
      at.tell("host-0", { type: "seen", run: "run", pass: 1, path: "c", operation: "catch", outcome });
    });
    expect(findings(onlyDeclaredFailures, tale.evidence({ body }))).toEqual([
      '"t" gave a failure of kind step, which it does not catch',
      '"s" gave a failure of kind rollback, which it does not catch',
      'the code saw FENCED at "c"',
    ]);
  });
});
