/**
 * Owns: that what is asked of one run here is done in the order in which it was asked, whether or not the caller awaits it.
 * Nothing is kept of runs of which nothing is asked.
 */
export class AskedInOrder {
  readonly #last: Map<string, Promise<void>> = new Map();

  /** Does `work` when what was asked of the run before has been done, or has failed. */
  of<Done>(workflowId: string, work: () => Promise<Done>): Promise<Done> {
    const before = this.#last.get(workflowId);
    const done = before === undefined ? work() : before.then(work);
    const over = (): void => {
      if (this.#last.get(workflowId) === settled) this.#last.delete(workflowId);
    };
    const settled = done.then(over, over);
    this.#last.set(workflowId, settled);
    return done;
  }
}
