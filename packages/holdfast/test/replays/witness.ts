import type { Logger } from "holdfast";
import type { Log } from "../../src/model/step-options.ts";

/** Something that code saw: in which scope, what, and of which operation it is the result. */
export interface Sight {
  readonly scope: string;
  readonly text: string;
  readonly of: string | null;
}

/**
 * Sees what code sees in one pass, and what its bodies and handlers do. Whether code is being replayed it learns from the context's
 * log, which is silent then. From the death of its process on it sees nothing.
 */
export class Witness {
  readonly sights: Sight[] = [];
  /** Those of a replay. */
  readonly replayed: Sight[] = [];
  /** Idempotency keys of bodies that started. */
  readonly started: string[] = [];
  /** Idempotency keys of handlers that completed, in order. */
  readonly undone: string[] = [];
  readonly #problems: string[];
  #left = false;
  #heard = false;
  #undoing: string | null = null;
  #calls = 0;

  constructor(problems: string[]) {
    this.#problems = problems;
  }

  /** The logger of the pass. */
  get logger(): Logger {
    const hear = (): void => {
      this.#heard = true;
    };
    return { debug: () => {}, info: hear, warn: () => {}, error: () => {} };
  }

  /** The workflow's function is called: a second time only to look for handlers. */
  called(): void {
    this.#calls += 1;
  }

  leave(): void {
    this.#left = true;
  }

  sees(sight: Sight, log: Log): void {
    if (this.#left || this.#calls > 1) return;
    this.#heard = false;
    log.info("seen");
    this.sights.push(sight);
    if (!this.#heard) this.replayed.push(sight);
  }

  starts(key: string): void {
    if (!this.#left) this.started.push(key);
  }

  /** A handler starts; call what is returned when it has completed. */
  undoes(key: string): () => void {
    if (this.#left) return () => {};
    if (this.#undoing !== null && this.#undoing !== key)
      this.#problems.push(`handlers ${this.#undoing} and ${key} run at once`);
    this.#undoing = key;
    return () => {
      if (this.#undoing === key) this.#undoing = null;
      if (!this.#left) this.undone.push(key);
    };
  }
}

/**
 * What a replay shows the code otherwise than it was shown before; null when that is nothing. Where one of them did not enter a scope
 * there is nothing to compare. `recorded` is what stood in the history: a block or gate that was answered and not stored may be answered
 * later by the clock.
 */
export function difference(
  before: readonly Sight[],
  replayed: readonly Sight[],
  recorded: ReadonlySet<string>,
): string | null {
  const now = replayed.filter(inScopesOf(before));
  const then = before.filter(inScopesOf(now));
  for (const [at, sight] of now.entries()) {
    const expected = then[at];
    if (expected === undefined || (sight.of !== null && !recorded.has(sight.of))) return null;
    if (expected.scope === sight.scope && expected.text === sight.text) continue;
    return `the code saw ${JSON.stringify(expected)}, and in a replay ${JSON.stringify(sight)}`;
  }
  return null;
}

function inScopesOf(sights: readonly Sight[]): (sight: Sight) => boolean {
  const scopes = new Set(sights.map(({ scope }) => scope));
  return ({ scope }) => scopes.has(scope);
}
