import { describe, expect, it } from "vitest";
import { wholeBatches } from "../../checkers/i11-whole-batches.ts";
import { fencedWriteNothing } from "../../checkers/i12-fenced-write-nothing.ts";
import { oneLiveLease } from "../../checkers/i13-one-live-lease.ts";
import { appliedOnce } from "../../checkers/i14-applied-once.ts";
import { finalStates } from "../../checkers/i15-final-states.ts";
import { cancelTellsWhoWon } from "../../checkers/i16-cancel-tells-who-won.ts";
import type { Evidence } from "../../evidence/evidence.ts";
import type { Fact } from "../../evidence/fact.ts";
import { findings, HOST, received, settled, told } from "./tale.ts";

/** The evidence with other facts. */
function doctored(evidence: Evidence, change: (facts: readonly Fact[]) => readonly Fact[]): Evidence {
  return { ...evidence, facts: change(evidence.facts).map((fact, n) => ({ ...fact, n })) };
}

describe("I11: whole batches", () => {
  const told11 = () =>
    told(async (run) => {
      const one = await run.enqueue("m1");
      await run.enqueue("m2");
      await run.commit({ put: { a: received(1, [one]), "l/#0/b": settled(2) }, consume: ["m1"] });
      await run.commit({ leave: ["l/#0"], put: { c: settled(3) } });
    });

  it("lets the store hold what the batches made", async () => {
    expect(findings(wholeBatches, (await told11()).evidence())).toEqual([]);
  });

  it("speaks when a row, a consumption or a status of a batch is missing", async () => {
    const evidence = (await told11()).evidence();
    const torn = structuredClone(evidence.stored);
    const run = torn.runs[0] as (typeof torn.runs)[0];
    const { entries, messages, row } = run;
    const stored = {
      ...torn,
      runs: [{ ...run, entries: entries.slice(1), messages: [], row: { ...row, status: "paused" as const } }],
    };
    expect(findings(wholeBatches, { ...evidence, stored })).toEqual([
      "the run is stored as paused, running was applied",
      expect.stringMatching(/^row \w+ is missing$/),
      "the queue holds nothing, where m2 should be",
    ]);
    expect(messages).toHaveLength(1);
    expect(findings(wholeBatches, { ...evidence, stored: { ...torn, runs: [] } })).toHaveLength(1);
  });

  it("lets a damaged row be damaged", async () => {
    const tale = await told11();
    tale.tell("world", { type: "corrupted", run: "run", key: "message m2" });
    const evidence = tale.evidence();
    const { runs, nextKey } = evidence.stored;
    const stored = { nextKey, runs: runs.map((run) => ({ ...run, entries: [] })) };
    expect(findings(wholeBatches, { ...evidence, stored })).toEqual([]);
  });
});

describe("I12: the fenced", () => {
  it("lets a body run out its lease, and a robbed one too", async () => {
    const tale = await told(async (run, at) => {
      run.start("a");
      await run.claim("client", { force: true });
      at.later(9_000);
      run.start("b");
    });
    expect(findings(fencedWriteNothing, tale.evidence())).toEqual([]);
  });

  it("lets a pass go on in place after a claim that its process could not give back", async () => {
    const tale = await told(async (run, at) => {
      at.tell("host-0", { type: "pass-started", run: "run", pass: 1, version: 1 });
      at.tell("host-0", { type: "fault", operation: "release", run: "run", fault: "not-applied", call: 1 });
      at.later(10_001);
      await run.claim();
      run.start("a");
      await run.commit();
      at.later(10_001);
      await run.claim();
      run.start("b");
    });
    expect(findings(fencedWriteNothing, tale.evidence())).toEqual([
      'the body at "b" started 1 ms after the end of its process\'s lease',
    ]);
  });

  it("speaks of a start after the end of the lease, after the run was parked, and without any claim", async () => {
    const tale = await told(async (run, at) => {
      run.start("a", { process: "host-1" });
      at.later(10_001);
      run.start("b");
      await run.commit({ status: "sleeping", wakeAt: 0 });
      run.start("c");
    });
    expect(findings(fencedWriteNothing, tale.evidence())).toEqual([
      expect.stringContaining("never had a claim"),
      expect.stringContaining("1 ms after the end"),
      expect.stringContaining("given the run up"),
    ]);
    const slow = tale.evidence({ hosts: [{ ...HOST, clockRate: 0.5 }] });
    expect(findings(fencedWriteNothing, slow)).toHaveLength(2);
  });

  it("speaks of a start after the process heard that it is fenced", async () => {
    const tale = await told(async (run, at) => {
      at.tell("host-0", { type: "refused", run: "run", batchId: "x", epoch: 1, code: "FENCED" });
      at.later(500);
      run.start("a");
      at.later(2_000);
      run.start("b");
    });
    expect(findings(fencedWriteNothing, tale.evidence())).toEqual([
      'the body at "b" started after its process was told that it is fenced',
    ]);
  });

  it("speaks of a write of an old epoch", async () => {
    const tale = await told(async (run) => {
      await run.commit();
      await run.claim("client", { force: true });
      await run.commit({ process: "client" });
      const last = await run.commit({ process: "client" });
      expect(last.epoch).toBe(2);
    });
    const evidence = doctored(tale.evidence(), (facts) =>
      facts.map((fact, n) =>
        n === facts.length - 1 && fact.type === "committed"
          ? { ...fact, batch: { ...fact.batch, epoch: 1 } }
          : fact,
      ),
    );
    expect(findings(fencedWriteNothing, evidence)).toEqual(["a batch of epoch 1 was applied at epoch 2"]);
  });
});

describe("I13: leases", () => {
  it("lets a run be claimed after release, after parking, after the lease, and by force of an operator", async () => {
    const tale = await told(async (run, at) => {
      await run.release();
      await run.claim("host-1");
      at.later(10_000);
      await run.claim("host-0");
      at.call("run", { api: "cancel", compensate: false }, "client");
      await run.claim("client", { force: true });
    });
    expect(findings(oneLiveLease, tale.evidence())).toEqual([]);
  });

  it("speaks of a claim in the midst of a lease, and of a lease that is revived", async () => {
    const tale = await told(async (run, at) => {
      at.later(4_000);
      await run.claim("host-1", { force: true });
      at.later(10_000);
      const owner = "owner of host-1";
      at.tell("host-1", { type: "renewed", run: "run", owner, epoch: 2, held: true, until: at.now + 10_000 });
    });
    expect(findings(oneLiveLease, tale.evidence())).toEqual([
      expect.stringContaining("a lease of host-0 had 6000 ms left"),
      expect.stringContaining("epoch 2 was renewed, though it was over"),
    ]);
  });
});

describe("I13: a host that is well", () => {
  async function letGo(trouble: boolean) {
    return told(async (run, at) => {
      if (trouble) at.tell("host-0", { type: "process-paused" });
      at.later(20_000);
      await run.claim("host-1");
    });
  }

  it("keeps its lease; one that is not may lose it", async () => {
    expect(findings(oneLiveLease, (await letGo(true)).evidence())).toEqual([]);
    expect(findings(oneLiveLease, (await letGo(false)).evidence())).toEqual([
      "host-0 let its lease end, and nothing kept it",
    ]);
  });
});

describe("I14: applied once", () => {
  it("lets revisions follow each other", async () => {
    const tale = await told(async (run) => {
      await run.commit();
      await run.commit();
    });
    expect(findings(appliedOnce, tale.evidence())).toEqual([]);
  });

  it("speaks of a batch that was applied twice", async () => {
    const tale = await told(async (run) => {
      await run.commit();
    });
    const evidence = doctored(tale.evidence(), (facts) => [...facts, facts.at(-1) as Fact]);
    expect(findings(appliedOnce, evidence)).toEqual([
      expect.stringContaining("applied twice"),
      expect.stringContaining("follows revision 1 was applied after 2"),
      expect.stringContaining("revision 2 came after 2"),
    ]);
  });
});

describe("I15: final states", () => {
  it("lets what is over be deleted after its time, and speaks of what is deleted sooner or goes on", async () => {
    const deletedAfter = async (ms: number, status: "completed" | "sleeping") => {
      const tale = await told(async (run, at) => {
        await run.commit(status === "completed" ? { status, output: 1 } : { status, wakeAt: 0 });
        at.later(ms);
        await run.delete("host-0");
      });
      const hosts = [{ ...HOST, keepMs: 1_000 }];
      return findings(finalStates, tale.evidence({ hosts }));
    };
    expect(await deletedAfter(1_000, "completed")).toEqual([]);
    expect(await deletedAfter(900, "completed")).toEqual([expect.stringContaining("900 ms after its end")]);
    expect(await deletedAfter(1_000, "sleeping")).toEqual([expect.stringContaining("is sleeping")]);
  });

  it("lets a run complete, be rewound, fail, and be recovered", async () => {
    const tale = await told(async (run, at) => {
      await run.commit({ status: "completed", put: { a: settled(1) }, output: 1 });
      at.call("run", { api: "rewind", to: "a" });
      await run.claim("client");
      await run.commit({ status: "sleeping", wakeAt: 0, put: { a: null }, undone: true, process: "client" });
      await run.claim();
      await run.commit({ status: "failed", error: new Error("no") });
      at.call("run", { api: "recover" });
      await run.claim("client");
      await run.commit({ status: "sleeping", wakeAt: 0, undone: true, process: "client" });
    });
    expect(findings(finalStates, tale.evidence())).toEqual([]);
  });

  it("speaks when somebody is told another end or state than there was while the call went on", async () => {
    const tale = await told(async (run, at) => {
      const early = at.call("run", { api: "result" });
      await run.commit({ status: "completed", output: 1 });
      const late = at.call("run", { api: "result" });
      early({ value: 1 });
      late({ value: 2 });
      at.call("run", { api: "result" })({ code: "STEP_EXHAUSTED" });
      at.call("run", { api: "result" })({ code: "STORAGE" });
      at.call("run", { api: "state" })({ value: "completed" });
      at.call("run", { api: "state" })({ value: "sleeping" });
    });
    expect(findings(finalStates, tale.evidence())).toEqual([
      "who waited for the end was told 2, which it never was",
      "who waited for the end was told STEP_EXHAUSTED, which it never was",
      "the run was told to be sleeping, which it was not during the call",
    ]);
  });

  it("speaks when a terminal state is overwritten, or left without anybody having asked", async () => {
    const tale = await told(async (run) => {
      await run.commit({ status: "completed", output: 1 });
      await run.claim("client");
      await run.commit({ status: "cancelled", process: "client" });
      await run.claim();
      await run.commit({ status: "sleeping", wakeAt: 0, undone: true });
    });
    expect(findings(finalStates, tale.evidence())).toEqual([
      "the run was completed, and a commit made it cancelled",
      "the run is cancelled and has an output",
      "recorded results were taken back, and nobody had asked for it",
    ]);
  });

  it("speaks of an end without output or error", async () => {
    const ended = await told(async (run) => {
      await run.commit({ status: "completed" });
    });
    const broken = await told(async (run) => {
      await run.commit({ status: "failed" });
    });
    expect(findings(finalStates, ended.evidence())).toEqual(["the run is completed and has no output"]);
    expect(findings(finalStates, broken.evidence())).toEqual(["the run failed and has no error"]);
  });
});

describe("I16: cancel", () => {
  const cancel = { api: "cancel", compensate: false } as const;

  it("lets cancels win and lose", async () => {
    const tale = await told(async (run, at) => {
      const first = at.call("run", cancel);
      const second = at.call("run", cancel);
      await run.claim("client", { force: true });
      await run.commit({ status: "cancelled", process: "client" });
      first({ value: { cancelled: true } });
      second({ value: { cancelled: false, state: "cancelled" } });
    });
    expect(findings(cancelTellsWhoWon, tale.evidence())).toEqual([]);
  });

  it("speaks of a cancel that was told a lie, and of results after it", async () => {
    const tale = await told(async (run, at) => {
      at.call("run", cancel)({ value: { cancelled: true } });
      at.call("run", cancel)({ value: { cancelled: false, state: "failed" } });
      await run.claim("client", { force: true });
      await run.commit({ status: "cancelled", process: "client" });
      await run.claim();
      await run.commit({ status: "cancelled", put: { a: settled(1) } });
    });
    expect(findings(cancelTellsWhoWon, tale.evidence())).toEqual([
      "a cancel won, and no commit made the run cancelled",
      expect.stringContaining('"state": "failed"'),
      expect.stringContaining('the result at "a" was committed after'),
    ]);
  });
});
