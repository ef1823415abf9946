/**
 * A promise that knows whether anybody has looked at it: a failure that nobody awaits must not get lost.
 */
export class WatchedPromise<Value> extends Promise<Value> {
  /** Promises made from this one are ordinary. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Called when somebody looks at the promise for the first time. */
  onLook: (() => void) | null = null;
  #seen = false;

  get seen(): boolean {
    return this.#seen;
  }

  // biome-ignore lint/suspicious/noThenProperty: being looked at is what this class is about.
  override then<Next = Value, Caught = never>(
    fulfilled?: ((value: Value) => Next | PromiseLike<Next>) | null,
    rejected?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Next | Caught> {
    this.#seen = true;
    this.onLook?.();
    return super.then(fulfilled, rejected);
  }

  /** Fulfilled when the promise is settled, either way. To wait for it is not to look at it. */
  async settled(): Promise<void> {
    await super.then(
      () => {},
      () => {},
    );
  }

  /** A rejection that nobody looks at does not end the process. */
  keepQuiet(): void {
    super.then(undefined, () => {});
  }
}
