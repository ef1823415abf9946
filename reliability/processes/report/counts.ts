import type { Evidence } from "../oracle/evidence.ts";

/** What a scenario did and saw. */
export interface Counts {
  readonly rounds: number;
  /** SIGKILLs that hit a process at work. */
  readonly kills: number;
  /** Processes that were stopped, lost their claims to others meanwhile, and went on. */
  readonly zombies: number;
  /** Processes that ended by SIGTERM. */
  readonly drains: number;
  /** Copies of the files that were opened and run to the end. */
  readonly copies: number;
  /** Bodies that blocked their process, or ended it. */
  readonly hazards: number;
  /** Times at which a disk was full, a file read-only, or shared memory gone. */
  readonly outages: number;
  readonly runs: number;
  /** Bodies and handlers that started. */
  readonly effects: number;
  readonly commits: number;
  readonly claims: number;
  /** Commits that were refused, as their claim was lost. */
  readonly fenced: number;
  /** Messages that were acknowledged, and requests that were answered. */
  readonly messages: number;
}

export const NO_COUNTS: Counts = {
  rounds: 0,
  kills: 0,
  zombies: 0,
  drains: 0,
  copies: 0,
  hazards: 0,
  outages: 0,
  runs: 0,
  effects: 0,
  commits: 0,
  claims: 0,
  fenced: 0,
  messages: 0,
};

export function sumCounts(all: readonly Counts[]): Counts {
  const keys = Object.keys(NO_COUNTS) as (keyof Counts)[];
  return Object.fromEntries(
    keys.map((key) => [key, all.reduce((sum, counts) => sum + counts[key], 0)]),
  ) as unknown as Counts;
}

/** What the ledger and the store tell of a round. */
export function countEvidence(evidence: Evidence): Counts {
  return {
    ...NO_COUNTS,
    rounds: 1,
    hazards: evidence.of("hazard").length,
    runs: evidence.runs.length,
    effects: evidence.of("body-start", "handler-start").length,
    commits: evidence.of("commit").length,
    claims: evidence.of("claim").length,
    fenced: evidence.of("fenced").length,
    messages: evidence.of("send-ack", "answer").length,
  };
}
