import { describe, expect, it } from "vitest";
import type { Fact } from "../../evidence/fact.ts";
import { CALL_FAULTS, type CallFault, type PlannedFault } from "../../world/fault.ts";
import { runScenario, type WorldRun } from "../../world/run-scenario.ts";
import { smallWorld } from "../one-step-world.ts";

/** The number of the host's first commit in the small world without faults. */
async function firstCommit(): Promise<number> {
  const { calls } = await runScenario(smallWorld());
  const commit = calls.find(({ process, name }) => process === "host-0" && name === "commit");
  return commit?.call ?? Number.NaN;
}

async function play(fault: CallFault): Promise<WorldRun> {
  const plan: PlannedFault[] = [{ process: "host-0", call: await firstCommit(), fault }];
  return runScenario(smallWorld({ plan }));
}

function count(facts: readonly Fact[], type: Fact["type"]): number {
  return facts.filter((fact) => fact.type === type).length;
}

/** What each fault of the first commit leads to: deaths of the process, and starts of the first step's body. */
const CONSEQUENCES: readonly [CallFault, { readonly deaths: number; readonly starts: number }][] = [
  ["crash-before", { deaths: 1, starts: 2 }],
  ["crash-after", { deaths: 1, starts: 1 }],
  ["not-applied", { deaths: 0, starts: 1 }],
  ["answer-lost", { deaths: 0, starts: 1 }],
  ["serialization", { deaths: 0, starts: 1 }],
  ["disk-full", { deaths: 0, starts: 1 }],
  ["pool-exhausted", { deaths: 0, starts: 1 }],
  ["connection-lost", { deaths: 0, starts: 1 }],
];

describe("a fault of the first commit", () => {
  it.each(CALL_FAULTS)("%s comes once, and the run completes all the same", async (fault) => {
    const { evidence, faults } = await play(fault);
    expect(faults).toEqual([expect.objectContaining({ process: "host-0", fault })]);
    expect(evidence.stored.runs.map(({ row }) => row.status)).toEqual(["completed"]);
  });

  it.each(CONSEQUENCES)("%s has its own consequences", async (fault, { deaths, starts }) => {
    const { facts } = (await play(fault)).evidence;
    expect(count(facts, "process-killed")).toBe(deaths);
    const bodies = facts.filter((fact) => fact.type === "body-started" && fact.path === "first");
    expect(bodies).toHaveLength(starts);
  });

  it("duplicate is applied once: the second delivery is refused", async () => {
    const { facts } = (await play("duplicate")).evidence;
    expect(count(facts, "refused")).toBe(1);
  });
});

it("a host that is paused beyond its lease goes on as a zombie and commits nothing", async () => {
  const hosts = [...smallWorld().hosts, ...smallWorld().hosts];
  const incidents = [{ atMs: 12, host: 0, kind: "pause", forMs: 5_000 } as const];
  const { evidence } = await runScenario(smallWorld({ hosts, incidents }));
  expect(evidence.stored.runs.map(({ row }) => row.status)).toEqual(["completed"]);
  expect(count(evidence.facts, "process-continued")).toBe(1);
});

it("nothing is left behind by a host that was stopped", async () => {
  const incidents = [
    { atMs: 100, host: 0, kind: "stop", restartAfterMs: 50, version: 1, timeoutMs: 500 } as const,
  ];
  const { evidence } = await runScenario(smallWorld({ incidents }));
  const left = evidence.facts.filter((fact) => fact.type === "left-behind");
  expect(left).toHaveLength(2);
  expect(left).toEqual(left.map((fact) => expect.objectContaining({ ...fact, timers: 0, waits: 0 })));
});
