import { BareReader, BareWriter } from "./bare.ts";
import type { Journal } from "./journal.ts";
import { KeySpace } from "./key.ts";

/** What random numbers were drawn from in turns before `until`, in a run that this one was forked from. */
interface FormerSeed {
  readonly seed: Uint8Array;
  readonly until: number;
}

/**
 * Owns: which seed each turn of a run draws from. A fork has a seed of its own, so that what it draws is nobody else's; in the turns
 * that led to what it has of its source, it draws what the source drew there.
 */
export class Seeds {
  readonly #own: Uint8Array;
  /** Earliest turns first. */
  readonly #former: readonly FormerSeed[];

  constructor(journal: Journal) {
    this.#own = journal.header.seed;
    this.#former = formerSeeds(journal);
  }

  /** The same object for all turns of one seed. */
  of(turn: number): Uint8Array {
    return this.#former.find(({ until }) => turn < until)?.seed ?? this.#own;
  }
}

/** The number of the first turn in which nothing was asked for that is recorded. */
function firstFreeTurn(journal: Journal): number {
  let free = 0;
  for (const { entry } of journal.root.entries()) free = Math.max(free, entry.askedAfter + 1);
  return free;
}

/** A run that was taken back draws from its own seed in all turns that are free again. */
export function freeTurns(journal: Journal): void {
  const former = formerSeeds(journal);
  if (former.length > 0) setFormer(journal, before(former, firstFreeTurn(journal)));
}

/** Makes of `copy`, which holds what a fork has of `source`, a run that draws as the source did up to there. */
export function inheritSeeds(copy: Journal, source: Journal): void {
  const until = firstFreeTurn(copy);
  setFormer(copy, before([...formerSeeds(source), { seed: source.header.seed, until }], until));
}

/** The seeds of turns before `end`, and none that no turn has. */
function before(seeds: readonly FormerSeed[], end: number): FormerSeed[] {
  const kept: FormerSeed[] = [];
  for (const { seed, until } of seeds) {
    const earlier = Math.min(until, end);
    if (earlier > (kept.at(-1)?.until ?? 0)) kept.push({ seed, until: earlier });
  }
  return kept;
}

function setFormer(journal: Journal, seeds: readonly FormerSeed[]): void {
  journal.setSingle(KeySpace.formerSeeds, seeds.length === 0 ? null : encode(seeds));
}

function encode(seeds: readonly FormerSeed[]): Uint8Array {
  const out = new BareWriter();
  out.uint(seeds.length);
  for (const { seed, until } of seeds) {
    out.data(seed);
    out.uint(until);
  }
  return out.finish();
}

/** @throws CorruptionError when the row is not one of seeds. */
function formerSeeds(journal: Journal): readonly FormerSeed[] {
  const stored = journal.single(KeySpace.formerSeeds);
  if (stored === null) return [];
  const from = new BareReader(stored, "seeds");
  const seeds: FormerSeed[] = [];
  for (let left = from.uint(); left > 0; left--) seeds.push({ seed: from.data(), until: from.uint() });
  from.end();
  return seeds;
}
