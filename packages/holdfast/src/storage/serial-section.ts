/** Runs one asynchronous piece of work at a time, in the order in which they were asked for. */
export class SerialSection {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
