import { decodeFailure } from "../history/failure.ts";
import type { Journal } from "../history/journal.ts";
import { loadJournal } from "../history/journal-load.ts";
import { KeySpace, singleKey } from "../history/key.ts";
import { openRow } from "../history/row.ts";
import { decodeRunFailure } from "../history/run-failure.ts";
import { runTagOf } from "../history/run-tag.ts";
import { takeSnapshot } from "../history/snapshot.ts";
import { CorruptionError } from "../model/errors/history-errors.ts";
import { RunNotFoundError, RunPausedError } from "../model/errors/run-errors.ts";
import type { HistorySnapshot } from "../model/snapshot.ts";
import type { RunRecord, WorkflowStore } from "../storage/store.ts";
import type { StoreSession } from "./store-session.ts";

/**
 * Owns: reading one run of a store, without a claim.
 * Invariants: what is read is what was committed; a row is checked against its run and key (P15). Output and error are
 * read without the history (P14).
 */
export class RunReader {
  readonly workflowId: string;
  readonly #session: StoreSession;

  constructor(session: StoreSession, workflowId: string) {
    this.#session = session;
    this.workflowId = workflowId;
  }

  find(): Promise<RunRecord | null> {
    return this.#session.store.get(this.workflowId);
  }

  /** @throws RunNotFoundError */
  async record(): Promise<RunRecord> {
    const record = await this.find();
    if (record === null) throw new RunNotFoundError(this.workflowId);
    return record;
  }

  /** Whether it is as it was then: nothing was committed since, nor was it deleted and created anew. @throws RunNotFoundError */
  async isStill({ revision, epoch }: RunRecord): Promise<boolean> {
    const now = await this.record();
    return now.revision === revision && now.epoch === epoch;
  }

  /** @throws RunNotFoundError, CorruptionError */
  async journal(): Promise<Journal> {
    const loaded = await loadJournal(this.workflowId, this.#driver);
    if (loaded === null) throw new RunNotFoundError(this.workflowId);
    return loaded.journal;
  }

  async history(): Promise<HistorySnapshot> {
    return takeSnapshot(await this.journal(), this.#session.settings.codec);
  }

  /** The output, boxed, as it may be undefined; null when none is stored. */
  async output(): Promise<{ readonly value: unknown } | null> {
    const bytes = await this.#row(KeySpace.output);
    return bytes === null ? null : { value: await this.#session.settings.codec.decode(bytes) };
  }

  /** What the run failed with as of this record, boxed; null when nothing is stored; undefined when the run has gone on since. */
  async failure(as: RunRecord): Promise<{ readonly error: unknown } | null | undefined> {
    const bytes = await this.#row(KeySpace.error);
    // Somebody who recovers it changes the row.
    if (!(await this.isStill(as))) return undefined;
    if (bytes === null) return null;
    const { failure, rollbackFailure } = decodeRunFailure(bytes);
    return { error: decodeFailure(rollbackFailure ?? failure) };
  }

  /**
   * Why a run is paused that is so as of this record; damage that is there now comes before what was recorded. Undefined when the
   * run has gone on since.
   */
  async pause(as: RunRecord): Promise<RunPausedError | undefined> {
    const found = await this.#journalOrDamage();
    if (CorruptionError.is(found)) return new RunPausedError(this.workflowId, "corruption", { cause: found });
    const { status, pause } = found.header;
    if (status !== "paused" && !(await this.isStill(as))) return undefined;
    const recorded = found.single(KeySpace.hold);
    const cause = recorded === null ? {} : { cause: decodeFailure(recorded) };
    return new RunPausedError(this.workflowId, pause ?? "operator", cause);
  }

  async #journalOrDamage(): Promise<Journal | CorruptionError> {
    try {
      return await this.journal();
    } catch (error) {
      if (CorruptionError.is(error)) return error;
      throw error;
    }
  }

  async #row(space: number): Promise<Uint8Array | null> {
    const [row] = await this.#driver.list(singleKey(space), { limit: 1 });
    return row === undefined ? null : this.#named(() => openRow(this.#runTag, row.key, row.value).body);
  }

  /** What `read` gives; a corruption that it finds is told with the run's id. */
  #named<Value>(read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      throw CorruptionError.is(error) ? error.of(this.workflowId) : error;
    }
  }

  get #runTag(): number {
    return runTagOf(this.workflowId);
  }

  /** Reads work with any epoch. */
  get #driver(): ReturnType<WorkflowStore["driver"]> {
    return this.#session.store.driver({ workflowId: this.workflowId, epoch: 0 });
  }
}
