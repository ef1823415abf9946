import type { Founded } from "../ledger/ledger-record.ts";

/** What a strand of the program has seen so far: results, messages and answers, each at its place. */
export class Trace {
  readonly path: string;
  readonly #seen: (readonly [string, string])[];

  constructor(path = "", seen: Founded = []) {
    this.path = path;
    this.#seen = [...seen];
  }

  /** A copy, so that what is seen later is not in it. */
  get seen(): Founded {
    return [...this.#seen];
  }

  at(name: string): string {
    return this.path === "" ? name : `${this.path}/${name}`;
  }

  saw(name: string, token: string): void {
    this.#seen.push([this.at(name), token]);
  }

  /** A strand of its own that begins with what this one has seen. */
  strand(name: string): Trace {
    return new Trace(this.at(name), this.#seen);
  }

  /** This strand goes on where others, which began with what it has seen so far, have ended. */
  merge(...ends: readonly Founded[]): void {
    const common = this.#seen.length;
    for (const seen of ends) this.#seen.push(...seen.slice(common));
  }
}
