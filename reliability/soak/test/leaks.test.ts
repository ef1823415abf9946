import type { WorkflowEvent } from "holdfast";
import { describe, expect, it } from "vitest";
import { temporaryFile } from "../measure/temporary-file.ts";
import type { Check, Findings } from "../report/check.ts";
import { runLongLoop } from "../scenarios/long-loop.ts";
import { consumeSleepStep, type LoopSubject, type LoopTools } from "../scenarios/loop-subjects.ts";
import { memoryHome } from "../scenarios/memory-home.ts";
import { openAndClose } from "../scenarios/open-close.ts";
import { parkRuns } from "../scenarios/parked-runs.ts";
import { shortRunsOnEngine } from "../scenarios/short-runs.ts";

const ITERATIONS = 300;

function failed(findings: Findings): string[] {
  return findings.checks.filter(({ ok }: Check) => !ok).map(({ name }) => name);
}

/** The subject of S1, with something done besides in each iteration. */
function besides(work: (tools: LoopTools, ctx: AbortSignal) => void): LoopSubject {
  return (tools) => {
    const look = tools.watch.look.bind(tools.watch);
    tools.watch.look = (iteration, signals) => {
      work(tools, signals[1] as AbortSignal);
      look(iteration, signals);
    };
    return consumeSleepStep(tools);
  };
}

async function loop(subject: LoopSubject, observers: ((event: WorkflowEvent) => void)[] = []) {
  const home = await memoryHome({ observers });
  return failed(await runLongLoop({ iterations: ITERATIONS, form: "short", home, subject }));
}

describe("the long loop", { timeout: 60_000 }, () => {
  it("passes where nothing leaks", async () => {
    expect(await loop(consumeSleepStep)).toEqual([]);
  });

  it("finds an observer that keeps what it is told", async () => {
    const kept: unknown[] = [];
    const keep = (event: WorkflowEvent): void => {
      kept.push(new Array(200).fill(event.at));
    };
    expect(await loop(consumeSleepStep, [keep])).toContain("heap growth");
  });

  it("finds listeners that stay on the run's signal", async () => {
    const listening = besides((_tools, signal) => signal.addEventListener("abort", () => {}));
    expect(await loop(listening)).toContain("abort listeners on any signal");
  });

  it("finds rows that stay", async () => {
    const leaving = besides(({ home }) => void home.send("nobody reads these", "body"));
    const found = await loop(leaving);
    expect(found).toContain("growth of stored bytes");
  });
});

describe("short runs", { timeout: 60_000 }, () => {
  it("pass where nothing leaks", async () => {
    expect(failed(await shortRunsOnEngine({ count: 300, form: "short" }))).toEqual([]);
  });

  it("are found to leak when somebody keeps their contexts", async () => {
    const kept: object[] = [];
    const keep = (ctx: object): number => kept.push(ctx);
    const findings = await shortRunsOnEngine({ count: 300, form: "short", keep });
    expect(failed(findings)).toContain("run contexts collected");
  });
});

describe("parked runs", { timeout: 60_000 }, () => {
  it("are found to stay in memory when somebody keeps their contexts", async () => {
    const kept: object[] = [];
    const keep = (ctx: object): number => kept.push(ctx);
    const findings = await parkRuns({ count: 200, cacheSize: 0, heapBytes: 1_000, keep });
    expect(failed(findings)).toContain("heap per parked run");
  });
});

describe("opening and closing", { timeout: 60_000 }, () => {
  it.each([
    ["host.stop", "process listeners left"],
    ["store.close", "files left open"],
  ] as const)("without %s is found by the %s", async (forget, name) => {
    const file = temporaryFile("forgotten.db");
    const store = () => ({ path: file.path });
    expect(failed(await openAndClose({ cycles: 3, form: "short", store, forget }))).toContain(name);
    file.remove();
  });
});
