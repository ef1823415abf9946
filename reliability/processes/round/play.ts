import { readLedger } from "../ledger/ledger-file.ts";
import type { Plan } from "../members/member-config.ts";
import { Evidence, type Standstill } from "../oracle/evidence.ts";
import { readStore } from "../oracle/final-store.ts";
import { judge } from "../oracle/judge.ts";
import type { Violation } from "../oracle/violation.ts";
import { type Counts, countEvidence, NO_COUNTS, sumCounts } from "../report/counts.ts";
import { Crew } from "./crew.ts";
import { pause } from "./pause.ts";
import { type MemberOptions, Round } from "./round.ts";
import { settled } from "./settled.ts";

/** What is done to a crew while it works. It ends soon after the signal aborts. */
export type Harm = (at: {
  readonly crew: Crew;
  readonly round: Round;
  /** Aborts when all runs have ended, or the round has taken too long. */
  readonly signal: AbortSignal;
}) => Promise<Done>;

/** What a harm has done, and what it saw while it did. */
interface Done extends Partial<Counts> {
  readonly violations?: readonly Violation[];
  /** Worth telling people. */
  readonly notes?: readonly string[];
  readonly standstills?: readonly Standstill[];
}

/** A round: what is planned, who works, and what is done to them. */
export interface Play {
  readonly plan: Plan;
  readonly members: readonly MemberOptions[];
  readonly harm?: Harm;
  /** Nothing is killed: no attempt may start twice. */
  readonly calm?: boolean;
  /** Processes are to die of their programs: their exit codes are no violations. */
  readonly deadly?: boolean;
  /** Where files are, if not in a directory of their own. */
  readonly at?: { readonly directory?: string; readonly databaseIn?: string };
  readonly deadlineMs?: number;
}

/** What came of a round. */
export interface Outcome {
  readonly counts: Counts;
  readonly violations: readonly Violation[];
  readonly notes: readonly string[];
  /** Its files, which are kept when something was violated. */
  readonly directory: string;
}

/** Generous: only what never ends is to be found by it. */
const DEADLINE_MS = 120_000;

/** A round that was played to its end and is still to be judged. */
interface Played {
  readonly round: Round;
  readonly evidence: Evidence;
  readonly done: Done;
  /** What went wrong and needs no oracle. */
  readonly found: readonly Violation[];
}

/** Plays a round to its end, and judges it. */
export async function play(options: Play): Promise<Outcome> {
  const { round, evidence, done, found } = await playOut(options);
  const { violations: seen = [], notes = [], standstills: _, ...counts } = done;
  const violations = [...seen, ...judge(evidence, options), ...found];
  if (violations.length === 0) round.remove();
  return {
    counts: sumCounts([countEvidence(evidence), { ...NO_COUNTS, ...counts }]),
    violations,
    notes,
    directory: round.directory,
  };
}

/** Plays a round to its end. Its files are left where they are. */
export async function playOut(options: Play): Promise<Played> {
  const { plan, members, harm, at = {}, deadlineMs = DEADLINE_MS } = options;
  const round = await Round.open(plan, at);
  const over = new AbortController();
  const alarm = setTimeout(() => over.abort("late"), deadlineMs);
  try {
    const crew = new Crew(round, members);
    void crew.done.then(() => over.abort("done"));
    void crew.broken.then(() => over.abort("broken"));
    const done = (await harm?.({ crew, round, signal: over.signal })) ?? {};
    if (!over.signal.aborted) await pause(deadlineMs, over.signal);
    const inTime =
      over.signal.reason === "done" && (await settled(round.files.database, AbortSignal.timeout(deadlineMs)));
    await crew.rest();
    await round.stop();
    const records = readLedger(round.files.ledger);
    const runs = await readStore(round.files.database);
    const evidence = new Evidence({ plan, records, runs, standstills: done.standstills ?? [] });
    return {
      round,
      evidence,
      done,
      found: [...(inTime ? [] : [lateness(deadlineMs)]), ...unexplained(crew, options)],
    };
  } finally {
    clearTimeout(alarm);
    await round.stop();
  }
}

function lateness(deadlineMs: number): Violation {
  return { invariant: "end", run: "", problem: `not all runs had ended after ${deadlineMs} ms` };
}

/** I31: no process ends by an error that nobody handled. */
function unexplained(crew: Crew, { deadly = false }: Play): Violation[] {
  if (deadly) return [];
  return crew.deaths.map(({ name, code, complaint }) => ({
    invariant: "I31",
    run: "",
    problem: `${name} ended with code ${code}: ${complaint.trim()}`,
  }));
}
