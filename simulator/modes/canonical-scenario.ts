import type { Block, Program, Statement } from "../program/program.ts";
import { numberedSeed } from "../random/prng.ts";
import type { Act, Scenario } from "../world/scenario.ts";

/** When messages come to a program, in milliseconds: while it waits, most often, and again for what it waits for later. */
const MESSAGE_TIMES = [40, 700, 1_500, 2_400];

/**
 * A small world around one small program: one host, nothing random, every message that it may wait for. The storage of every third
 * world gives no hints, so that its host has to look by the clock.
 */
export function canonicalScenario(program: Program, number: number): Scenario {
  const names = [...new Set(program.body.statements.flatMap(messageNames))];
  const acts = MESSAGE_TIMES.flatMap((atMs) =>
    names.map(
      (name): Act => ({ atMs, run: 0, by: "client", does: { api: "send", name, body: "number", times: 2 } }),
    ),
  );
  return {
    seed: numberedSeed(number),
    programs: [program],
    runs: [{ workflowId: "run-0", program: 0, startAtMs: 0 }],
    hosts: [
      {
        version: 1,
        leaseMs: 1_000,
        pollMs: 1_000,
        concurrency: 4,
        cacheSize: number % 2 === 0 ? 0 : 10,
        clockRate: 1,
        clockSkewMs: 0,
      },
    ],
    acts,
    incidents: [],
    storage: "memory",
    rates: number % 3 === 2 ? { "hint-lost": 1 } : {},
    plan: [],
    quietAtMs: 3_000,
    endAtMs: 120_000,
    latencyMs: 0,
  };
}

function messageNames(statement: Statement): readonly string[] {
  switch (statement.kind) {
    case "next":
    case "batch":
      return statement.names;
    case "listen":
      return [statement.message];
    default:
      return blocksOf(statement).flatMap(({ statements }) => statements.flatMap(messageNames));
  }
}

/** The blocks inside a statement. */
function blocksOf(statement: Statement): readonly Block[] {
  switch (statement.kind) {
    case "loop":
    case "map":
    case "try":
    case "catch":
      return [statement.body];
    case "join":
    case "race":
      return statement.branches.map(({ body }) => body);
    case "version":
      return [statement.older, statement.newest];
    case "if":
      return [statement.even, statement.odd];
    case "together":
      return [statement];
    default:
      return [];
  }
}
