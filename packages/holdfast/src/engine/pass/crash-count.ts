import type { Journal } from "../../history/journal.ts";

/** How often a run was started before this pass without getting any further: it may be what ends its processes. */
export class CrashCount {
  /** A claim counts by itself; a bare driver has none, so the count is part of a commit before the first body. */
  readonly committed: boolean;
  readonly #journal: Journal;
  readonly #openedAt: number;
  readonly #before: number;

  constructor(journal: Journal, { starts, committed }: { starts: number; committed: boolean }) {
    this.committed = committed;
    this.#journal = journal;
    this.#openedAt = journal.header.revision;
    this.#before = starts;
  }

  /** Whatever this pass has committed is progress, and ends the row. */
  get starts(): number {
    return this.#journal.header.revision > this.#openedAt ? 0 : this.#before;
  }
}
