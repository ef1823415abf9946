/**
 * When the worker dies: at moments that nobody chose, spread over the work, and once more when the decisions have been
 * sent, while one import is published and the other is rolled back.
 */
export class KillPlan {
  readonly #moments: number[];

  constructor(kills: number, random: () => number = Math.random) {
    const inMidWork = Math.max(kills - 1, 0);
    this.#moments = Array.from({ length: inMidWork }, (_, index) => (index + 0.1 + 0.8 * random()) / inMidWork);
    if (kills > 0) this.#moments.push(1);
  }

  /** Whether the worker should die now. `progress` is the share of the rows that arrived; 1 once all is decided. */
  due(progress: number): boolean {
    const [next] = this.#moments;
    if (next === undefined || progress < next) return false;
    this.#moments.shift();
    return true;
  }
}
