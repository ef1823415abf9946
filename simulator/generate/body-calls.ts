import type { BodyCall } from "../program/body-call.ts";
import type { AttemptScript, Program } from "../program/program.ts";
import type { Prng } from "../random/prng.ts";
import { choose } from "./choose.ts";

interface Around {
  readonly messages: readonly string[];
  readonly runs: number;
}

const BODIES = ["number", "text", "object", "map"];
const SHARE = 0.25;

/** The program with bodies and handlers of which some call handles: of their own run, or of others. */
export function withBodyCalls(program: Program, prng: Prng, around: Around): Program {
  const calling = (attempt: AttemptScript): AttemptScript =>
    prng.chance(SHARE) ? { ...attempt, calls: bodyCall(prng, around) } : attempt;
  const visit = (key: string, value: unknown): unknown =>
    key === "attempts" ? (value as readonly AttemptScript[]).map(calling) : value;
  return JSON.parse(JSON.stringify(program), visit) as Program;
}

function bodyCall(prng: Prng, { messages, runs }: Around): BodyCall {
  const api = choose<BodyCall["does"]["api"]>(prng, [
    ["send", 8],
    ["request", 2],
    ["start", 3],
    ["wake", 2],
    ["evict", 2],
    ["state", 2],
    ["result", 1],
    ["pause", 0.5],
    ["cancel", 0.7],
  ]);
  return {
    to: prng.chance(0.4) ? "self" : prng.int(runs),
    by: prng.chance(0.5) ? "host" : "client",
    // Whoever waits for the end of a run may wait for its own, and whoever pauses one for its own body.
    awaited: api !== "result" && api !== "pause" && prng.chance(0.7),
    does: deedOf(prng, api, messages),
  };
}

function deedOf(prng: Prng, api: BodyCall["does"]["api"], messages: readonly string[]): BodyCall["does"] {
  switch (api) {
    case "send":
      return { api, name: prng.pick(messages), body: prng.pick(BODIES) };
    case "request":
      return { api, name: prng.pick(messages), body: prng.pick(BODIES), timeoutMs: prng.pick([50, 1_000]) };
    case "cancel":
      return { api, compensate: prng.chance(0.5) };
    default:
      return { api };
  }
}
