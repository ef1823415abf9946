/** What a promise is waiting for. */
interface Awaited {
  /** Why it never comes, when it was given up. */
  readonly dropped: Error | null;
}

/** Who is told of a failure that nobody looks at. */
interface Owner {
  /** The promise is about to be rejected, and nobody has looked at it yet. */
  failedUnseen(promise: WatchedPromise<unknown>, error: unknown): void;
}

/**
 * A promise that knows whether anybody has looked at it: a failure that nobody awaits must not get lost, and whoever looks only
 * when it was given up must not wait for ever.
 */
export class WatchedPromise<Value> extends Promise<Value> {
  /** Promises made from this one are ordinary. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Called when somebody looks at the promise for the first time. */
  onLook: (() => void) | null = null;
  /** Whose failure it tells, be it as something that was made of it. */
  owner: Owner | null = null;
  /** Null when the value is there. */
  awaited: Awaited | null = null;
  #seen = false;

  get seen(): boolean {
    return this.#seen;
  }

  // biome-ignore lint/suspicious/noThenProperty: being looked at is what this class is about.
  override then<Next = Value, Caught = never>(
    fulfilled?: ((value: Value) => Next | PromiseLike<Next>) | null,
    rejected?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Next | Caught> {
    this.#look();
    const { dropped } = this;
    if (dropped !== null) return Promise.reject(dropped).then(fulfilled, rejected);
    return super.then(fulfilled, rejected);
  }

  #look(): void {
    this.#seen = true;
    this.onLook?.();
  }

  get dropped(): Error | null {
    return this.awaited?.dropped ?? null;
  }

  /** What is made of the value, or of the failure; a rejection that nobody looks at does not end the process. */
  made<Next>(
    fulfilled: (value: Value) => Next,
    rejected: (reason: unknown) => Next = rethrow,
  ): WatchedPromise<Next> {
    this.#look();
    const made = new WatchedPromise<Next>((resolve, reject) => {
      const settle = <Given>(make: (given: Given) => Next): ((given: Given) => void) => {
        return (given) => {
          made.awaited = null;
          try {
            resolve(make(given));
          } catch (error) {
            made.failing(error);
            reject(error);
          }
        };
      };
      super.then(settle(fulfilled), settle(rejected));
    });
    made.awaited = this;
    made.owner = this.owner;
    made.keepQuiet();
    return made;
  }

  /** It is about to be rejected. */
  failing(error: unknown): void {
    if (!this.#seen) this.owner?.failedUnseen(this, error);
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

function rethrow(reason: unknown): never {
  throw reason;
}
