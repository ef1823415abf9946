import type { Entry } from "#holdfast/history/entry.ts";
import type { RunHeader } from "#holdfast/history/header.ts";
import { isTerminal } from "#holdfast/model/run.ts";
import type { CommitBatch, NewRun } from "#holdfast/storage/records.ts";

import type { RunRecord } from "#holdfast/storage/store.ts";
import { type DecodedChanges, DecodedHistory, type EntryChange, type StoredRow } from "./decoded-history.ts";
import type { FactOf } from "./fact-of.ts";
import { memo } from "./memo.ts";

/** One life of a workflow id: from its creation to its deletion, or to the end of the world. */
export interface Life {
  readonly run: string;
  /** From 1: an id that was deleted can be born again. */
  readonly number: number;
  readonly created: NewRun;
  /** The facts (`n`) between which it lives; `to` is infinite when it is never deleted. */
  readonly from: number;
  readonly to: number;
  /** What the storage applied; the creation is the first. */
  readonly commits: readonly Commit[];
  /** What stands at each path and since when, oldest first. */
  readonly versions: ReadonlyMap<string, readonly EntryVersion[]>;
  /** Rows at the end, by their keys in hexadecimal. */
  readonly rows: ReadonlyMap<string, StoredRow>;
  /** Bodies of the rows that a run has one of, at the end, by key space. */
  readonly singles: ReadonlyMap<number, Uint8Array>;
  /** The first damage that the world did to it (`n`); infinite when it did none. */
  readonly damagedAt: number;
}

/** One transition of a run, applied by the storage. */
export interface Commit extends DecodedChanges {
  readonly fact: number;
  readonly at: number;
  readonly process: string;
  /** Null: the creation. */
  readonly batch: CommitBatch | null;
  readonly record: RunRecord;
  /** The header before; null for the creation. */
  readonly previous: RunHeader | null;
  /** How often an operator has taken recorded results back, this commit included. */
  readonly generation: number;
  /** Whether this commit takes recorded results back (`recover`, `rewind`). */
  readonly resets: boolean;
}

export interface EntryVersion {
  readonly fact: number;
  readonly generation: number;
  /** Whether an operator took back what stood here. */
  readonly resets: boolean;
  readonly entry: Entry | null;
}

/** All lives of all runs, in the order of their births. */
export const livesOf = memo(({ facts, scenario }): readonly Life[] => {
  const living = new Map<string, LifeBuilder>();
  /** Where a bare run began: its first pass creates it, when it has got somewhere. */
  const begun = new Map<string, number>();
  const all: LifeBuilder[] = [];
  const counts = new Map<string, number>();
  for (const fact of facts) {
    switch (fact.type) {
      case "created": {
        const number = (counts.get(fact.run) ?? 0) + 1;
        counts.set(fact.run, number);
        const life = new LifeBuilder(fact, { number, from: begun.get(fact.run) ?? fact.n });
        living.set(fact.run, life);
        all.push(life);
        break;
      }
      case "pass-started":
        if (scenario.bare !== undefined && !begun.has(fact.run)) begun.set(fact.run, fact.n);
        break;
      case "committed":
        living.get(fact.run)?.commit(fact);
        break;
      case "corrupted":
        living.get(fact.run)?.damage(fact.n);
        break;
      case "deleted":
        if (fact.existed) living.get(fact.run)?.end(fact.n);
        if (fact.existed) living.delete(fact.run);
        break;
      default:
    }
  }
  return all;
});

const livesByRun = memo((evidence): ReadonlyMap<string, readonly Life[]> => {
  return Map.groupBy(livesOf(evidence), (life) => life.run);
});

/** The lives of one id, oldest first. */
export function livesOfRun(evidence: Parameters<typeof livesOf>[0], run: string): readonly Life[] {
  return livesByRun(evidence).get(run) ?? [];
}

/** The life of the id in which fact `n` falls. */
export function lifeAt(evidence: Parameters<typeof livesOf>[0], run: string, n: number): Life | undefined {
  return livesOfRun(evidence, run).find((life) => life.from <= n && n < life.to);
}

/** What stood at the path when fact `n` happened. */
export function entryAt(life: Life, path: string, n: number): Entry | null {
  return versionAt(life, path, n)?.entry ?? null;
}

export function versionAt(life: Life, path: string, n: number): EntryVersion | undefined {
  return life.versions.get(path)?.findLast((version) => version.fact < n);
}

/** The last commit before fact `n`. */
export function commitBefore(life: Life, n: number): Commit | undefined {
  return life.commits.findLast((commit) => commit.fact < n);
}

/** How often results had been taken back when fact `n` happened. */
export function generationAt(life: Life, n: number): number {
  return commitBefore(life, n)?.generation ?? 0;
}

class LifeBuilder implements Life {
  readonly run: string;
  readonly number: number;
  readonly created: NewRun;
  readonly from: number;
  to = Number.POSITIVE_INFINITY;
  damagedAt = Number.POSITIVE_INFINITY;
  readonly commits: Commit[] = [];
  readonly versions = new Map<string, EntryVersion[]>();
  readonly #history: DecodedHistory;

  constructor(fact: FactOf<"created">, { number, from }: { readonly number: number; readonly from: number }) {
    this.run = fact.run;
    this.number = number;
    this.created = fact.newRun;
    this.from = from;
    this.#history = new DecodedHistory(fact.run);
    const { header, entries } = fact.newRun;
    this.#add(fact, null, this.#history.create(header, entries));
  }

  get rows(): ReadonlyMap<string, StoredRow> {
    return this.#history.rows;
  }

  get singles(): ReadonlyMap<number, Uint8Array> {
    return this.#history.singles;
  }

  commit(fact: FactOf<"committed">): void {
    this.#add(fact, fact.batch, this.#history.apply(fact.batch));
  }

  damage(n: number): void {
    this.damagedAt = Math.min(this.damagedAt, n);
  }

  end(n: number): void {
    this.to = n;
  }

  #add(
    fact: FactOf<"created"> | FactOf<"committed">,
    batch: CommitBatch | null,
    changes: DecodedChanges,
  ): void {
    const last = this.commits.at(-1);
    const resets = batch !== null && last !== undefined && takesBack(last.record, batch, changes.entries);
    const generation = (last?.generation ?? 0) + (resets ? 1 : 0);
    const { n, at, process, record } = fact;
    const previous = last?.header ?? null;
    this.commits.push({ ...changes, fact: n, at, process, batch, record, previous, generation, resets });
    for (const { path, after } of changes.entries) {
      const versions = this.versions.get(path) ?? [];
      this.versions.set(path, versions);
      versions.push({ fact: n, generation, resets, entry: after });
    }
  }
}

/**
 * Only operators leave an ended state, and only they take away single entries: what code leaves behind (iterations, the
 * branches of a decided race) goes by ranges. Whether an operator was there is for a checker to say (I15).
 */
function takesBack(before: RunRecord, batch: CommitBatch, changes: readonly EntryChange[]): boolean {
  if (isTerminal(before.status) && !isTerminal(batch.status)) return true;
  const removed = new Set(batch.deletes.map((key) => Buffer.from(key).toString("hex")));
  return changes.some(
    ({ key, before: old }) => old !== null && removed.has(Buffer.from(key).toString("hex")),
  );
}
