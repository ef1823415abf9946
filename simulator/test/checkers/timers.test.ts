import { describe, expect, it } from "vitest";
import { durableReasonToWake } from "../../checkers/i17-durable-reason-to-wake.ts";
import { timersOnTime } from "../../checkers/i18-timers-on-time.ts";
import { hintsChangeNothing } from "../../checkers/i19-hints-change-nothing.ts";
import type { Evidence } from "../../evidence/evidence.ts";
import { findings, HOST, pending, settled, type Tale, told } from "./tale.ts";

const sleep = (createdAt: number, dueAt: number) => pending({ kind: "sleep", createdAt, dueAt });
const hostUp = (at: Tale): void => {
  for (const host of ["host-0", "host-1"]) at.tell(host, { type: "process-started", version: 1 });
};

describe("I17: a durable reason to wake", () => {
  it("lets a run sleep until its time, for a message, or be held", async () => {
    const tale = await told(async (run, at) => {
      await run.commit({ status: "sleeping", wakeAt: at.now + 5 });
      const other = await at.run("other");
      await other.commit({ status: "sleeping", wants: ["note"] });
      const third = await at.run("third");
      await third.commit({ status: "paused" });
    });
    expect(findings(durableReasonToWake, tale.evidence())).toEqual([]);
  });

  it("speaks of a run that nothing wakes", async () => {
    const tale = await told(async (run) => {
      await run.commit({ status: "sleeping" });
    });
    expect(findings(durableReasonToWake, tale.evidence())).toEqual([
      "the run sleeps and nothing wakes it",
      "the run is sleeping and will never be due",
    ]);
  });

  it("speaks of a storage that forgets that a run is due", async () => {
    const tale = await told(async (run) => {
      await run.enqueue("m1");
      await run.commit({ status: "sleeping", wants: ["note"] });
    });
    const evidence = tale.evidence();
    expect(findings(durableReasonToWake, evidence)).toEqual([]);
    const { runs, nextKey } = evidence.stored;
    const stored = { nextKey, runs: runs.map((run) => ({ ...run, row: { ...run.row, dueAt: null } })) };
    expect(findings(durableReasonToWake, { ...evidence, stored })).toEqual([
      "the run is due (sleeping), and the storage does not know",
    ]);
  });

  it("speaks of a run that is due and that no host takes up", async () => {
    const waited = (ms: number): Promise<Tale> =>
      told(async (run, at) => {
        hostUp(at);
        await run.commit({ status: "sleeping", wakeAt: at.now + 5 });
        at.later(ms);
      });
    expect(findings(durableReasonToWake, (await waited(10_000)).evidence())).toEqual([]);
    const [problem, ...others] = findings(durableReasonToWake, (await waited(100_000)).evidence());
    expect(problem).toMatch(/^the run is due since 1000005 \(sleeping\), and nobody had taken it up/);
    expect(others).toEqual([]);
  });
});

describe("I18: timers on time", () => {
  async function slept(wokeAfterMs: number): Promise<Tale> {
    return told(async (run, at) => {
      const dueAt = at.now + 1_000;
      await run.commit({ put: { s: sleep(at.now, dueAt) }, status: "sleeping", wakeAt: dueAt });
      at.later(wokeAfterMs);
      await run.claim();
      await run.commit({ put: { s: settled(1, { kind: "sleep" }) } });
    });
  }

  it("lets timers fire at their deadline, and a body be tried again after its backoff", async () => {
    expect(findings(timersOnTime, (await slept(1_000)).evidence())).toEqual([]);
    const tale = await told(async (run, at) => {
      await run.commit({ put: { a: pending({ count: 1, settledAt: at.now, dueAt: at.now + 100 }) } });
      at.later(100);
      run.start("a", { attempt: 2 });
    });
    expect(findings(timersOnTime, tale.evidence())).toEqual([]);
  });

  it("lets a fast clock be as early as it goes wrong", async () => {
    const tale = await told(async (run, at) => {
      await run.commit({ put: { s: sleep(at.now, at.now + 1_000) } });
      at.later(985);
      await run.commit({ put: { s: settled(1, { kind: "sleep" }) } });
    });
    const fast = { ...HOST, clockRate: 1.02 };
    expect(findings(timersOnTime, tale.evidence({ hosts: [fast] }))).toEqual([]);
    expect(findings(timersOnTime, tale.evidence({ hosts: [{ ...HOST, clockRate: 1.001 }] }))).toEqual([]);
  });

  it("lets what had no time to wait for come when its host was wrong about the clock, and a host in memory wait since the failure", async () => {
    const tale = await told(async (run, at) => {
      await run.commit({ put: { s: sleep(at.now + 50, at.now + 50) } });
      await run.commit({ put: { s: settled(1, { kind: "sleep" }) } });
      const failedAt = at.now;
      at.later(90);
      await run.commit({ put: { a: pending({ count: 1, settledAt: failedAt, dueAt: failedAt + 1_003 }) } });
      at.later(905);
      run.start("a", { attempt: 2 });
    });
    expect(findings(timersOnTime, tale.evidence())).toEqual([]);
  });

  it("speaks of timers and attempts that come early", async () => {
    expect(findings(timersOnTime, (await slept(500)).evidence())[0]).toContain("fired 498 ms before");
    const tale = await told(async (run, at) => {
      await run.commit({ put: { a: pending({ count: 1, settledAt: at.now, dueAt: at.now + 100 }) } });
      at.later(10);
      run.start("a", { attempt: 2 });
    });
    expect(findings(timersOnTime, tale.evidence())[0]).toContain("before its backoff was over");
  });

  it("speaks of a deadline that moves, and of a run that sleeps past one", async () => {
    const tale = await told(async (run, at) => {
      const { now } = at;
      await run.commit({ put: { s: sleep(now, now + 10) } });
      await run.commit({ put: { s: sleep(now, now + 20) }, status: "sleeping", wakeAt: now + 30 });
    });
    expect(findings(timersOnTime, tale.evidence())).toEqual([
      expect.stringContaining('the deadline at "s" moved'),
      expect.stringContaining('past the deadline at "s"'),
    ]);
  });

  it("speaks of a run that nobody takes up, when nothing is wrong", async () => {
    const tale = await told(async (run, at) => {
      hostUp(at);
      await run.commit({ status: "sleeping", wakeAt: at.now + 1_000 });
      at.later(100_000);
    });
    expect(findings(timersOnTime, tale.evidence())[0]).toContain("nobody had taken it up");
    const broken: Evidence = { ...tale.evidence(), quietSince: tale.now };
    expect(findings(timersOnTime, broken)).toEqual([]);
  });
});

describe("I19: hints change nothing", () => {
  it("lets a run be taken up for its time, its message, its wake, and by an operator", async () => {
    const tale = await told(async (run, at) => {
      await run.commit({ status: "sleeping", wakeAt: at.now + 10 });
      at.later(10);
      await run.claim();
      await run.commit({ status: "sleeping", wants: ["note"] });
      await run.enqueue("m1");
      await run.claim();
      await run.commit({ status: "sleeping", wakeAt: at.now + 1_000 });
      at.call("run", { api: "pause" }, "client");
      await run.claim("client");
    });
    expect(findings(hintsChangeNothing, tale.evidence())).toEqual([]);
  });

  it("speaks of a claim that has no ground", async () => {
    const tale = await told(async (run, at) => {
      await run.commit({ status: "sleeping", wakeAt: at.now + 10 });
      await run.claim();
      await run.commit({ status: "paused" });
      await run.claim();
    });
    expect(findings(hintsChangeNothing, tale.evidence())).toEqual([
      expect.stringContaining("with nothing for it"),
      "the run was claimed, which is paused",
    ]);
  });

  it("speaks of a message that the run takes up and does not read", async () => {
    const tale = await told(async (run, at) => {
      hostUp(at);
      await run.commit({ status: "sleeping", wants: ["note"] });
      await run.enqueue("m1");
      await run.claim();
      await run.release();
      at.later(100_000);
    });
    expect(findings(hintsChangeNothing, tale.evidence())).toEqual([
      "the run waits for message m1, which is queued",
    ]);
  });

  it("speaks of a message that is never heard of", async () => {
    const tale = await told(async (run, at) => {
      hostUp(at);
      await run.commit({ status: "sleeping", wants: ["note"] });
      await run.enqueue("m1");
      at.later(100_000);
    });
    expect(findings(hintsChangeNothing, tale.evidence())[0]).toContain("message m1 woke the run");
  });
});
