import type { Evidence } from "../evidence/evidence.ts";
import type { FactOf } from "../evidence/fact-of.ts";
import { type Holding, holdingOfPass } from "../evidence/holdings.ts";
import { livesOf } from "../evidence/lives.ts";
import { checkerOf } from "./checker-of.ts";

/** A host stops at five sixths of its lease by its own clock: a clock that goes slower than this proves nothing. */
const SLOWEST_CLOCK = 5 / 6;
/** How long a refusal may be on its way to the one who was refused, besides the latency of the world. */
const HEARD_MS = 1_000;
/** Faults so long before make the time of an answer uncertain. */
const UNCERTAIN_MS = 30_000;

export const fencedWriteNothing = checkerOf(
  "I12",
  "who lost a claim writes nothing and starts nothing",
  function* (evidence) {
    for (const life of livesOf(evidence)) {
      let newest = 0;
      for (const { batch, fact, record } of life.commits) {
        if (batch === null) continue;
        if (batch.epoch < newest || batch.epoch !== record.epoch) {
          const problem = `a batch of epoch ${batch.epoch} was applied at epoch ${Math.max(newest, record.epoch)}`;
          yield { problem, run: life.run, fact };
        }
        newest = Math.max(newest, batch.epoch);
      }
    }
    for (const fact of evidence.facts) {
      if (fact.type !== "body-started") continue;
      const problem = unlawful(evidence, fact);
      if (problem !== null) {
        const what = fact.role === "body" ? "body" : "handler";
        yield { problem: `the ${what} at "${fact.path}" started ${problem}`, run: fact.run, fact: fact.n };
      }
    }
  },
);

function unlawful(evidence: Evidence, start: FactOf<"body-started">): string | null {
  const holding = holdingOfPass(evidence, start);
  if (holding === undefined) return "in a process that never had a claim of the run";
  const { until, givenUp, life } = holding;
  if (givenUp < start.n && givenUp !== life.to) return "after its process had given the run up";
  if (clockRateOf(evidence, start.process) < SLOWEST_CLOCK) return null;
  if (start.at > until) return `${start.at - until} ms after the end of its process's lease`;
  return refusedBefore(evidence, start, holding) ? "after its process was told that it is fenced" : null;
}

function refusedBefore(evidence: Evidence, start: FactOf<"body-started">, holding: Holding): boolean {
  const heardBy = start.at - HEARD_MS - 2 * evidence.scenario.latencyMs;
  let refused = false;
  for (let i = start.n - 1; i > holding.from; i--) {
    const fact = evidence.facts[i];
    if (fact === undefined || fact.at < start.at - UNCERTAIN_MS) break;
    if (fact.type === "fault" && fact.process === start.process) return false;
    if (fact.type === "process-paused" && fact.process === start.process) return false;
    const mine = fact.type === "refused" && fact.run === start.run && fact.epoch === holding.epoch;
    if (mine && fact.code === "FENCED" && fact.at < heardBy) refused = true;
  }
  return refused;
}

function clockRateOf({ scenario }: Evidence, process: string): number {
  const number = /^host-(\d+)$/.exec(process)?.[1];
  return number === undefined ? 1 : (scenario.hosts[Number(number)]?.clockRate ?? 1);
}
