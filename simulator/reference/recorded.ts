import type { Entry } from "#holdfast/history/entry.ts";
import { LimitError } from "#holdfast/model/errors/argument-errors.ts";
import type { Evidence } from "../evidence/evidence.ts";
import { wasRefused } from "../evidence/limits.ts";
import { type Commit, entryAt, type Life } from "../evidence/lives.ts";
import { Undecided } from "./end.ts";

/** What is recorded of a run at the commit with which its code ended. */
export class Recorded {
  readonly life: Life;
  /** The number of the first rollback checkpoint; 0 when there is none. */
  readonly checkpointAt: number;
  readonly #fact: number;
  readonly #refused: boolean;
  readonly #draws: ReadonlyMap<string, string>;

  constructor(evidence: Evidence, life: Life, commit: Commit) {
    this.life = life;
    this.checkpointAt = checkpointOf(life, commit);
    this.#fact = commit.fact;
    this.#refused = wasRefused(evidence, life);
    this.#draws = drawsBefore(evidence, life, commit);
  }

  /** @throws Undecided where nothing is recorded and the operation may have been refused for a limit */
  entry(path: string): Entry | null {
    const entry = entryAt(this.life, path, this.#fact + 1);
    if (entry === null && this.#refused) throw new Undecided("what is not recorded may have been refused");
    return entry;
  }

  /** Whether a block's value, or what a loop hands on, may have been refused for its size. */
  mayBeOversized(error: unknown): boolean {
    return this.#refused && LimitError.is(error);
  }

  /** What the last pass drew at a place, as text: nothing of it is stored. */
  drawn(mark: string): string | undefined {
    return this.#draws.get(mark);
  }
}

/** The first checkpoint of all that were ever recorded; where some were taken back, the one that the header tells. */
function checkpointOf(life: Life, { header, fact }: Commit): number {
  if (life.commits.some(({ resets }) => resets)) return header?.checkpointAt ?? 0;
  let first = Number.POSITIVE_INFINITY;
  for (const versions of life.versions.values()) {
    for (const version of versions) {
      if (version.fact <= fact && version.entry?.kind === "rollback_checkpoint")
        first = Math.min(first, version.entry.sequence);
    }
  }
  // One that was pruned before it could be stored is in the header alone.
  const told = header?.checkpointAt ?? 0;
  return told > 0 ? Math.min(first, told) : first === Number.POSITIVE_INFINITY ? 0 : first;
}

/** Of the pass that its process began last: one of an earlier life, or that was robbed, may go on beside it. */
function drawsBefore({ facts }: Evidence, { run, from }: Life, end: Commit): ReadonlyMap<string, string> {
  let draws = new Map<string, string>();
  let last = -1;
  for (let n = from; n < end.fact; n++) {
    const fact = facts[n];
    if (fact?.process !== end.process) continue;
    if (fact.type === "pass-started" && fact.run === run) {
      draws = new Map();
      last = fact.pass;
    }
    if (fact.type !== "seen" || fact.run !== run || fact.pass !== last) continue;
    if (fact.operation === "draw" && fact.outcome.ok) draws.set(fact.path, fact.outcome.value);
  }
  return draws;
}
