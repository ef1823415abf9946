/** When the worker dies: at moments that nobody chose, spread over the whole of the work. */
export class KillPlan {
  readonly #moments: number[];

  constructor(kills: number, random: () => number = Math.random) {
    this.#moments = Array.from({ length: kills }, (_, index) => (index + 0.1 + 0.8 * random()) / kills);
  }

  /** Whether the worker should die now; `done` is the share of the work that is done, from 0 to 1. */
  due(done: number): boolean {
    const [next] = this.#moments;
    if (next === undefined || done < next) return false;
    this.#moments.shift();
    return true;
  }
}
