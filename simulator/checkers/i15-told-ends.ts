import { decodeFailure } from "#holdfast/history/failure.ts";
import { KeySpace } from "#holdfast/history/key.ts";
import { defaultCodec } from "#holdfast/history/payload.ts";
import { decodeRunFailure } from "#holdfast/history/run-failure.ts";
import { isTerminal, type RunState } from "#holdfast/model/run.ts";
import { type Call, callsOf } from "../evidence/calls.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { CallOutcome } from "../evidence/fact.ts";
import { type Life, livesOfRun } from "../evidence/lives.ts";
import { canonicalText } from "../program/canonical.ts";
import type { Violation } from "./checker.ts";

/** Why somebody may not be told how a run ended, besides how it did. */
const NOT_TOLD: ReadonlySet<string> = new Set([
  "STORAGE",
  "RUN_NOT_FOUND",
  "RUN_STATE",
  "RUN_PAUSED",
  "RUN_EVICTED",
  "FENCED",
  "STORE_CLOSED",
]);

/** How a run stood after one of its commits. */
interface Standing {
  readonly status: RunState;
  /** Of a run that has ended: how a call that waits for that has to end. */
  readonly told: CallOutcome | null;
}

/** Whoever waits for the end of a run is told one that stood while it waited; whoever asks for its state, one of those. */
export function* toldEnds(evidence: Evidence): Iterable<Violation> {
  for (const call of callsOf(evidence)) {
    const { began, ended } = call;
    const { api } = began.what;
    if (ended === null || (api !== "result" && api !== "state")) continue;
    const lives = livesOfRun(evidence, began.run);
    if (lives.some(({ damagedAt }) => damagedAt < ended.n)) continue;
    const stood = lives.flatMap((life) => [...standings(life, call, askedSince(evidence, call))]);
    const problem = api === "result" ? endProblem(stood, ended.outcome) : stateProblem(stood, ended.outcome);
    if (problem !== null) yield { problem, run: began.run, fact: ended.n };
  }
}

/** A bare handle tells what its process knows: what an operator is doing at that time may not be done yet. */
function askedSince(evidence: Evidence, { began }: Call): number {
  if (evidence.scenario.bare === undefined) return began.n;
  const atWork = callsOf(evidence).filter(
    (other) =>
      other.began.run === began.run &&
      other.began.process === began.process &&
      other.began.n < began.n &&
      (other.ended?.n ?? Number.POSITIVE_INFINITY) > began.n,
  );
  return Math.min(began.n, ...atWork.map((other) => other.began.n));
}

/** How the run stood at some time since a fact and until the call's answer. */
function* standings(life: Life, call: Call, since: number): Iterable<Standing> {
  const { ended } = call;
  const rows = new Map<number, Uint8Array | null>();
  for (const [place, { singles, record, fact }] of life.commits.entries()) {
    for (const [space, row] of singles) rows.set(space, row);
    const next = life.commits[place + 1]?.fact ?? life.to;
    if (fact > (ended?.n ?? Number.POSITIVE_INFINITY) || next < since) continue;
    yield { status: record.status, told: isTerminal(record.status) ? endOf(record.status, rows) : null };
  }
}

function endOf(status: RunState, rows: ReadonlyMap<number, Uint8Array | null>): CallOutcome {
  if (status === "cancelled") return { ok: false, code: "RUN_CANCELLED", error: "" };
  const output = rows.get(KeySpace.output);
  if (output != null) return { ok: true, value: canonicalText(defaultCodec.decode(output)) };
  const error = rows.get(KeySpace.error);
  if (error == null) return { ok: true, value: "undefined" };
  const { failure, rollbackFailure } = decodeRunFailure(error);
  return { ok: false, code: "", error: canonicalText(decodeFailure(rollbackFailure ?? failure)) };
}

function endProblem(stood: readonly Standing[], told: CallOutcome): string | null {
  if (stood.some((standing) => standing.told !== null && isSame(standing.told, told))) return null;
  if (!told.ok && NOT_TOLD.has(told.code)) return null;
  return `who waited for the end was told ${told.ok ? told.value : told.error}, which it never was`;
}

function isSame(end: CallOutcome, told: CallOutcome): boolean {
  if (end.ok) return told.ok && told.value === end.value;
  if (end.code !== "") return !told.ok && told.code === end.code;
  return !told.ok && told.error === end.error;
}

function stateProblem(stood: readonly Standing[], told: CallOutcome): string | null {
  if (!told.ok) return null;
  const state = JSON.parse(told.value) as RunState | null;
  // A run that is in work shows as running, whatever its last commit says, and one that is being read may be gone meanwhile.
  const known = state === null || state === "running" || stood.some(({ status }) => status === state);
  return known ? null : `the run was told to be ${state}, which it was not during the call`;
}
