import { RunNotFoundError } from "../../model/errors/run-errors.ts";
import { StorageError } from "../../model/errors/storage-errors.ts";
import type { HistorySnapshot } from "../../model/snapshot.ts";
import { leavable } from "./leavable.ts";

type OnHistoryUpdated = (snapshot: HistorySnapshot) => void;

/**
 * Owns: who watches a run's history. Every watcher gets snapshots of growing revision; one that is slow misses those in
 * between, and holds up nobody (I35).
 */
export class SnapshotFeed {
  readonly #watchers: Set<Watcher> = new Set();

  /** What the engine is to call: undefined while nobody wants snapshots is decided per commit. */
  tee(also: OnHistoryUpdated | undefined): OnHistoryUpdated & { readonly wanted: () => boolean } {
    const tell = (snapshot: HistorySnapshot): unknown => {
      for (const watcher of this.#watchers) watcher.offer(snapshot);
      // What it gives is passed on: an async function gives a promise that may reject.
      return also?.(snapshot);
    };
    return Object.assign(tell, { wanted: () => also !== undefined || this.#watchers.size > 0 });
  }

  /** The run does not go on here. */
  end(): void {
    for (const watcher of this.#watchers) watcher.end();
  }

  /**
   * A snapshot now, and one after each commit while the run goes on. What is wrong with the run is told (P15).
   * `isOn`: whether the run goes on here; asked when the first snapshot is, as the run may have ended since `watch`.
   */
  watch(now: () => Promise<HistorySnapshot>, isOn: () => boolean): AsyncIterable<HistorySnapshot> {
    const watcher = new Watcher();
    return leavable(this.#snapshots(watcher, now, isOn), () => watcher.end());
  }

  async *#snapshots(
    watcher: Watcher,
    now: () => Promise<HistorySnapshot>,
    isOn: () => boolean,
  ): AsyncGenerator<HistorySnapshot, void> {
    this.#watchers.add(watcher);
    const goesOn = isOn();
    if (!goesOn) watcher.end();
    try {
      let revision = 0;
      const first = await now().catch((error: unknown) => {
        // The first commit of a run that goes on gives what cannot be read yet.
        if (goesOn && (RunNotFoundError.is(error) || StorageError.is(error))) return null;
        throw error;
      });
      if (first !== null) {
        revision = first.revision;
        yield first;
      }
      for (let next = await watcher.next(); next !== null; next = await watcher.next()) {
        if (next.revision <= revision) continue;
        revision = next.revision;
        yield next;
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }
}

/** One watcher: keeps the newest snapshot that it has not been given. */
class Watcher {
  #newest: HistorySnapshot | null = null;
  #ended = false;
  #resume: (() => void) | null = null;

  offer(snapshot: HistorySnapshot): void {
    this.#newest = snapshot;
    this.#resume?.();
  }

  end(): void {
    this.#ended = true;
    this.#resume?.();
  }

  /** The newest snapshot, or null when there will be no more. */
  async next(): Promise<HistorySnapshot | null> {
    while (this.#newest === null && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    }
    const newest = this.#newest;
    this.#newest = null;
    return newest;
  }
}
