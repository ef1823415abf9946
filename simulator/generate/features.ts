import type { Prng } from "../random/prng.ts";

/** What a generated program can hold. Steps are always there. */
const PROGRAM_FEATURES = [
  "sleep",
  "sleep-until",
  "next",
  "batch",
  "listen",
  "send",
  "loop",
  "join",
  "race",
  "map",
  "try",
  "checkpoint",
  "version",
  "removed",
  "if",
  "together",
  "draw",
  "throw",
  "catch",
  "break",
  "retries",
  "timeouts",
  "heartbeats",
  "as-data",
  "ephemeral",
  "at-most-once",
  "slow-bodies",
  "deadly-bodies",
  "hostile-throws",
  "odd-values",
  "large-values",
  "nasty-names",
  "refusals",
  "answers",
  "forgotten-answers",
  "long-sleeps",
  "long-loops",
  "large-programs",
  "deep-programs",
] as const;

/** What a generated world can hold besides. */
const WORLD_FEATURES = [
  "many-runs",
  "many-hosts",
  "kills",
  "stops",
  "pauses",
  "clock-jumps",
  "skewed-clocks",
  "retention",
  "newer-code",
  "cancel",
  "compensate",
  "duplicate-start",
  "conflicting-start",
  "stray-sends",
  "expiring-sends",
  "repeated-sends",
  "request",
  "wake",
  "evict",
  "hold",
  "recover",
  "rewind",
  "fork",
  "delete",
  "rebirth",
  "readers",
  "watchers",
  "acts-by-hosts",
  "latency",
  "sqlite",
  "lost-hints",
  "crashes",
  "late-writes",
  "refused-writes",
  "lost-answers",
  "slow-calls",
  "duplicates",
  "lost-connections",
  "corruption",
] as const;

export const FEATURES = [...PROGRAM_FEATURES, ...WORLD_FEATURES] as const;

export type Feature = (typeof FEATURES)[number];

/** How much more often the pair in focus is chosen than other features. */
const FOCUS_WEIGHT = 6;

/**
 * Which features a seed uses: a random half, so that what is left comes often enough to go deep. Two of them are in focus:
 * their meeting is what this seed is about.
 */
export class Swarm {
  readonly focus: readonly [Feature, Feature];
  readonly #on: ReadonlySet<Feature>;

  /** @param always what is on whatever is drawn */
  constructor(prng: Prng, always: readonly Feature[] = []) {
    const [first, second, ...others] = prng.shuffle(FEATURES) as [Feature, Feature, ...Feature[]];
    this.focus = [first, second];
    const half = others.slice(0, Math.floor(FEATURES.length / 2) - 2);
    this.#on = new Set([first, second, ...half, ...always]);
  }

  has(feature: Feature): boolean {
    return this.#on.has(feature);
  }

  /** How often it is to be chosen beside others: 0 when it is switched off. */
  weight(feature: Feature): number {
    if (!this.#on.has(feature)) return 0;
    return this.focus.includes(feature) ? FOCUS_WEIGHT : 1;
  }

  /** Whether this time, with a probability that the focus raises. */
  chance(prng: Prng, feature: Feature, probability: number): boolean {
    const weight = this.weight(feature);
    return weight > 0 && prng.chance(weight === 1 ? probability : Math.min(0.8, probability * 2));
  }
}
