import { HoldfastError } from "#holdfast/index.ts";

/** Looks at how what is asked of damaged runs fails: with the library's own errors, or not. */
export class Told {
  readonly untyped: string[] = [];

  /** Resolves when it is done, however it ends. */
  async of(doing: Promise<unknown>): Promise<void> {
    try {
      await doing;
    } catch (error) {
      if (!HoldfastError.is(error)) this.untyped.push((error as Error).stack ?? String(error));
    }
  }
}
