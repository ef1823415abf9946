import { describe, expect, it } from "vitest";
import { defaultCodec } from "#holdfast/history/payload.ts";
import { nothingLeftBehind } from "../../checkers/i31-nothing-left-behind.ts";
import { oneRunPerId } from "../../checkers/i32-one-run-per-id.ts";
import { runsKeepApart } from "../../checkers/i33-runs-keep-apart.ts";
import { damageIsTold } from "../../checkers/i34-damage-is-told.ts";
import { watchersSeeHistory } from "../../checkers/i35-watchers-see-history.ts";
import type { WatchedEntry } from "../../evidence/fact.ts";
import { canonicalText } from "../../program/canonical.ts";
import { findings, settled, Tale, told } from "./tale.ts";

describe("I31: nothing is left behind", () => {
  it("lets a host stop clean, and calls that are under way wait", () => {
    const tale = new Tale();
    tale.tell("host-0", { type: "left-behind", timers: 0, waits: 0 });
    tale.call("run", { api: "result" }, "host-1");
    tale.tell("host-1", { type: "left-behind", timers: 1, waits: 1 });
    expect(findings(nothingLeftBehind, tale.evidence())).toEqual([]);
  });

  it("speaks of strays and leftovers", () => {
    const tale = new Tale();
    tale.tell("world", { type: "stray", kind: "rejection", what: "no" });
    tale.tell("host-0", { type: "left-behind", timers: 1, waits: 0 });
    expect(findings(nothingLeftBehind, tale.evidence())).toEqual([
      "rejection: no",
      "host-0 left 1 timers and 0 waits behind",
    ]);
  });
});

describe("I32: one run per id", () => {
  const start = (run: number) => {
    const input = canonicalText({ run });
    return { api: "start", workflowName: "program", input } as const;
  };

  it("lets the same start find the run, and another be a conflict", async () => {
    const tale = await told(async (_run, at) => {
      at.call("run", start(0))({ value: "run" });
      at.call("run", start(1))({ code: "WORKFLOW_CONFLICT" });
    });
    expect(findings(oneRunPerId, tale.evidence())).toEqual([]);
  });

  it("speaks when the wrong start is acknowledged, and the right one refused", async () => {
    const tale = await told(async (_run, at) => {
      at.call("run", start(1))({ value: "run" });
      at.call("run", start(0))({ code: "WORKFLOW_CONFLICT" });
    });
    expect(findings(oneRunPerId, tale.evidence())).toEqual([
      "a start was acknowledged, and the run is another or is not there",
      "a start was a conflict, and the run is the same",
    ]);
  });

  it("speaks of a run that is created twice", async () => {
    const tale = await told(async () => {});
    const [created] = tale.facts;
    const evidence = tale.evidence();
    const facts = [...evidence.facts, { ...created, n: evidence.facts.length }] as typeof evidence.facts;
    expect(findings(oneRunPerId, { ...evidence, facts })).toEqual(["the run was created while it was there"]);
  });
});

describe("I33: runs keep apart", () => {
  it("lets a run be deleted and born again", async () => {
    const tale = await told(async (run, at) => {
      await at.run("other");
      const deleting = at.call("run", { api: "delete" });
      await run.delete();
      deleting({ value: true });
      await at.run("run");
    });
    expect(findings(runsKeepApart, tale.evidence())).toEqual([]);
  });

  it("speaks of rows of another run, and of runs that outlive their deletion", async () => {
    const tale = await told(async (run, at) => {
      await at.run("other");
      at.call("run", { api: "delete" })({ value: true });
      await run.commit({ put: { a: settled(1) } });
    });
    const evidence = tale.evidence();
    const { runs, nextKey } = evidence.stored;
    const rows = runs.flatMap(({ entries }) => entries).slice(0, 1);
    const swapped = runs.map((run) => (run.row.workflowId === "other" ? { ...run, entries: rows } : run));
    const ghost = runs.map((run) => ({ ...run, row: { ...run.row, workflowId: `ghost ${run.row.key}` } }));
    const stored = { nextKey, runs: [...swapped, ...ghost.slice(0, 1)] };
    expect(findings(runsKeepApart, { ...evidence, stored })).toEqual([
      "row 100100 is not one of this run",
      "the run is stored, though it was deleted or never created",
      "a delete was acknowledged, and the run lives on",
    ]);
  });

  it("speaks of a batch that is written as another run's", async () => {
    const tale = await told(async (run) => {
      const value = defaultCodec.encode("x", "value");
      await run.commit({ batch: { puts: [{ key: Uint8Array.of(0x31), value }] } });
    });
    expect(findings(runsKeepApart, tale.evidence())[0]).toContain("cannot be read as its own");
  });
});

describe("I34: damage is told", () => {
  it("lets a damaged run be held", async () => {
    const tale = await told(async (run, at) => {
      at.tell("world", { type: "corrupted", run: "run", key: "header" });
      await run.commit({ status: "paused", header: { pause: "corruption" } });
      at.call("run", { api: "history" })({ code: "CORRUPTION" });
    });
    expect(findings(damageIsTold, tale.evidence())).toEqual([]);
  });

  it("speaks of a damaged copy that is read as if it were sound", async () => {
    const tale = await told(async (_run, at) => {
      at.tell("world", { type: "misread", run: "run", key: "30" });
    });
    expect(findings(damageIsTold, tale.evidence())).toEqual([
      "row 30 was damaged and read as if it were sound",
    ]);
  });

  it("speaks of damage that there was not, of errors of no type, and of circles", async () => {
    const tale = await told(async (run, at) => {
      await run.commit({ status: "paused", header: { pause: "corruption" } });
      at.call("run", { api: "history" })({ code: "other" });
      at.tell("world", { type: "corrupted", run: "run", key: "header" });
      for (let i = 0; i < 30; i++) {
        await run.claim();
        await run.release();
      }
    });
    expect(findings(damageIsTold, tale.evidence())).toEqual([
      "the run is held for damage that there was not",
      "the damaged run was claimed 26 times without anything coming of it",
      expect.stringContaining("history failed with an error of no known type"),
    ]);
  });
});

describe("I35: watchers", () => {
  const entry = (id: string, sequence: number): WatchedEntry => ({ id, status: "completed", sequence });
  const watched = (tale: Tale, revision: number, entries: readonly WatchedEntry[]) =>
    tale.tell("client", { type: "watched", watcher: 1, run: "run", revision, status: "running", entries });

  it("lets a watcher see commits, and miss some", async () => {
    const tale = await told(async (run, at) => {
      await run.commit({ put: { a: settled(1) } });
      watched(at, 2, [entry("a", 1)]);
      await run.commit();
      await run.commit({ put: { b: settled(2) } });
      watched(at, 4, [entry("a", 1), entry("b", 2)]);
    });
    expect(findings(watchersSeeHistory, tale.evidence())).toEqual([]);
  });

  it("speaks of what is not there, what is missing, and of going back", async () => {
    const tale = await told(async (run, at) => {
      await run.commit({ put: { a: settled(1), b: settled(2) } });
      watched(at, 3, []);
      watched(at, 2, [entry("a", 1)]);
    });
    expect(findings(watchersSeeHistory, tale.evidence())).toEqual([
      "revision 3 was seen, which there was not yet",
      "revision 2 was seen after 3",
      'at revision 2 "b completed 2" was not seen',
    ]);
  });
});
