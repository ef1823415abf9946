/** What happened outside of workerd: each start of a step, numbered; and a kill in the middle of some of them. */
export class Ledger {
  readonly #starts = new Map<string, number[]>();
  readonly #kills: number[];
  readonly #kill: () => Promise<void>;
  #count = 0;
  #killing: Promise<void> = Promise.resolve();

  /** `kill` is called in the middle of the steps that have the starts of these numbers. */
  constructor(kills: readonly number[], kill: () => Promise<void>) {
    this.#kills = [...kills];
    this.#kill = kill;
  }

  /** Kills that have not come yet. */
  get killsLeft(): number {
    return this.#kills.length;
  }

  /** Writes a start down, and answers with its number: not before a kill that is on its way is over. */
  async started(key: string): Promise<string> {
    this.#count += 1;
    const number = this.#count;
    this.#starts.set(key, [...(this.#starts.get(key) ?? []), number]);
    await this.#killing;
    const next = this.#kills[0];
    if (next !== undefined && number >= next) {
      this.#kills.shift();
      this.#killing = this.#kill();
      await this.#killing;
    }
    return `${number}`;
  }

  /** By step, the number of the last start that each step of a run had. */
  lastStarts(workflowId: string): Record<string, number | undefined> {
    const own = [...this.#starts].filter(([key]) => key.startsWith(`${workflowId}/`));
    return Object.fromEntries(own.map(([key, numbers]) => [key, numbers.at(-1)] as const).toSorted());
  }
}
