import type { EngineDriver } from "#holdfast/storage/driver.ts";
import { abortListeners } from "./resources.ts";

/** What went through a driver. */
export interface DriverCounts {
  calls: number;
  commits: number;
  /** Rows that were written or deleted; a deleted range counts once. */
  rowsWritten: number;
  /** Rows and messages that were given out. */
  rowsRead: number;
  /** Most listeners on one signal that a wait for messages was given. */
  mostListeners: number;
}

/** What a counting driver does besides. */
export interface CountingOptions {
  /** Answers to requests stay stored for the life of a run; where that is not looked at, they are dropped. @default false */
  readonly dropAnswers?: boolean;
}

/** A driver that counts what goes through it. */
export interface CountingDriver extends EngineDriver {
  readonly counts: DriverCounts;
}

export function countingDriver(
  driver: EngineDriver,
  { dropAnswers = false }: CountingOptions = {},
): CountingDriver {
  const counts: DriverCounts = { calls: 0, commits: 0, rowsWritten: 0, rowsRead: 0, mostListeners: 0 };
  return {
    counts,
    limits: driver.limits,
    async load() {
      counts.calls += 1;
      const image = await driver.load();
      counts.rowsRead += image?.entries.length ?? 0;
      return image;
    },
    async list(prefix, page) {
      counts.calls += 1;
      const rows = await driver.list(prefix, page);
      counts.rowsRead += rows.length;
      return rows;
    },
    async commit(batch) {
      counts.calls += 1;
      counts.commits += 1;
      counts.rowsWritten += batch.puts.length + batch.deletes.length + batch.deleteRanges.length;
      await driver.commit(dropAnswers ? { ...batch, complete: [] } : batch);
    },
    applied(batchId) {
      counts.calls += 1;
      return driver.applied(batchId);
    },
    async peekMessages(names, count) {
      counts.calls += 1;
      const messages = await driver.peekMessages(names, count);
      counts.rowsRead += messages.length;
      return messages;
    },
    enqueueMessage(message) {
      counts.calls += 1;
      return driver.enqueueMessage(message);
    },
    waitForMessages(names, signal) {
      counts.calls += 1;
      const waiting = driver.waitForMessages(names, signal);
      counts.mostListeners = Math.max(counts.mostListeners, abortListeners(signal));
      return waiting;
    },
  };
}
