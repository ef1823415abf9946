import type { DriverLimits, KeyRange, KVEntry } from "../../storage/records.ts";

/** A write of an ordered namespace, applied in this order: ranges, deletes, puts. No key is put twice. */
export interface KVChange {
  readonly deleteRanges: readonly KeyRange[];
  readonly deletes: readonly Uint8Array[];
  readonly puts: readonly KVEntry[];
  /** The alarm that follows from the write, as `setAlarm` takes it; absent: it stays as it is. */
  readonly alarm?: number | null;
}

/**
 * What a platform has to offer for `kvDriver`: one run's own namespace of keys and values in unsigned byte order, an
 * atomic batch and an alarm. Writing a driver for a platform is writing these few methods.
 *
 * One process at a time may use a namespace; the platform sees to that. In it, drivers on one such object take turns, and those on
 * two objects of one namespace do not: keep the object as long as the namespace is used. Any rejection is taken as a failure of the
 * storage. A `StorageError` says whether a failed batch can have been applied; for any other error that is unknown.
 */
export interface OrderedKV {
  /** The value of a key; null when there is none. */
  get(key: Uint8Array): Promise<Uint8Array | null>;

  /**
   * The first `limit` pairs under a prefix in ascending unsigned byte order, after the key `after` when it is given;
   * fewer only when there are no more.
   */
  list(
    prefix: Uint8Array,
    page: { readonly after?: Uint8Array; readonly limit: number },
  ): Promise<readonly KVEntry[]>;

  /**
   * All or nothing, durable when it resolves. Ranges are half-open (`from <= key < to`); a platform without ranges
   * lists and deletes within its transaction.
   */
  batch(change: KVChange): Promise<void>;

  /**
   * Asks the platform to run the workflow at this instant (milliseconds since the epoch), also when this process is
   * gone by then; null: not by itself. Replaces the alarm before it. An instant that has passed means: as soon as
   * possible. It is called before the batch that it belongs to when that moves the alarm forward, so that a process
   * that dies in between leaves an alarm too early instead of none; after it when that moves the alarm back; and again
   * when the run is loaded.
   */
  setAlarm(at: number | null): Promise<void>;

  /**
   * The alarm that is set; null: none, or one that has fired. With it, loading a run sets no alarm that is set already; without it, each load
   * sets one, since one that has fired is set no more.
   */
  getAlarm?(): Promise<number | null>;

  /** Whether `batch` sets `change.alarm` too, all or nothing with the rest; `setAlarm` is not called after it then. */
  readonly alarmInBatch?: boolean;

  /** What one batch may hold, as the platform says it. @default values of 64 MiB, batches of 256 MiB and 100,000 rows */
  readonly limits?: Partial<DriverLimits>;

  /**
   * Only where something else than this driver can change the namespace: resolves when it may have, or when the signal
   * aborts. A hint, as `EngineDriver.waitForMessages`.
   */
  waitForChange?(signal: AbortSignal): Promise<void>;
}
