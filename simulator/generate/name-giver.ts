import { NASTY_NAMES, PROTO_NAME } from "../program/names.ts";
import type { Prng } from "../random/prng.ts";

/** Gives names that are unique in one scope. */
export class NameGiver {
  readonly #prng: Prng;
  readonly #given: Set<string> = new Set();
  /** How often a name is one of the nasty ones, 0 to 1. */
  readonly #nasty: number;

  constructor(prng: Prng, nasty: number) {
    this.#prng = prng;
    this.#nasty = nasty;
  }

  /** A name for an operation; a plain one begins with `stem`. */
  operation(stem: string): string {
    return this.#give(stem, [...NASTY_NAMES, PROTO_NAME]);
  }

  /** A name for a branch. */
  branch(): string {
    return this.#give("branch", NASTY_NAMES);
  }

  #give(stem: string, nasty: readonly string[]): string {
    const wanted = this.#prng.chance(this.#nasty) ? this.#prng.pick(nasty) : `${stem}-${this.#given.size}`;
    const name = this.#given.has(wanted) ? `${stem}-${this.#given.size}` : wanted;
    this.#given.add(name);
    return name;
  }
}
