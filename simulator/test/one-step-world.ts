import type { Program, StepStatement } from "../program/program.ts";
import { numberedSeed } from "../random/prng.ts";
import type { Scenario } from "../world/scenario.ts";

/** A step whose body takes 10 ms and gives a number. */
function plainStep(name: string): StepStatement {
  return {
    kind: "step",
    name,
    attempts: [{ ms: 10, heedsAbort: true, ends: { value: "number" } }],
    asData: false,
    maxRetries: 3,
    backoffMs: 100,
    timeoutMs: 0,
    retryOnTimeout: false,
    ephemeral: false,
    atMostOnce: false,
  };
}

/** A step, a wait for the message "go", a step. */
const PROGRAM: Program = {
  name: "step-wait-step",
  body: {
    statements: [
      plainStep("first"),
      { kind: "next", name: "wait", names: ["go"], answers: false },
      plainStep("second"),
    ],
  },
};

/** A small quiet world: one host, one run of two steps with a wait for a message between them, and its message. */
export function smallWorld(changes: Partial<Scenario> = {}): Scenario {
  return {
    seed: numberedSeed(1),
    programs: [PROGRAM],
    runs: [{ workflowId: "run-0", program: 0, startAtMs: 0 }],
    hosts: [
      {
        version: 1,
        leaseMs: 1_000,
        pollMs: 500,
        concurrency: 4,
        cacheSize: 10,
        clockRate: 1,
        clockSkewMs: 0,
      },
    ],
    acts: [{ atMs: 300, run: 0, by: "client", does: { api: "send", name: "go", body: "number", times: 1 } }],
    incidents: [],
    storage: "memory",
    rates: {},
    plan: [],
    quietAtMs: 3_000,
    endAtMs: 60_000,
    latencyMs: 2,
    ...changes,
  };
}
