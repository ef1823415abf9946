import { setImmediate } from "node:timers/promises";

/** Rejections that nobody handles and warnings of the process, from its making to its end. */
export class StrayWatch {
  readonly #found: string[] = [];
  readonly #rejected = (reason: unknown): void => {
    this.#found.push(`an unhandled rejection: ${reason instanceof Error ? reason.stack : String(reason)}`);
  };
  readonly #warned = (warning: Error): void => {
    if (!EXPECTED.test(warning.message)) this.#found.push(`a warning: ${warning.stack}`);
  };

  constructor() {
    process.on("unhandledRejection", this.#rejected);
    process.on("warning", this.#warned);
  }

  /** What was found until now and in the next turn of the event loop. */
  async end(): Promise<readonly string[]> {
    await setImmediate();
    process.off("unhandledRejection", this.#rejected);
    process.off("warning", this.#warned);
    return this.#found;
  }
}

/** Of the runtime itself. */
const EXPECTED = /SQLite is an experimental feature/;
