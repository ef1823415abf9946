/** Which claims this process has had. */
export class Claims {
  readonly #epochs: Map<string, number> = new Map();

  claimed(run: string, epoch: number): void {
    this.#epochs.set(run, epoch);
  }

  /** Of the newest claim of the run here; 0 when there was none. */
  epochOf(run: string): number {
    return this.#epochs.get(run) ?? 0;
  }
}
