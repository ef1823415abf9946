import { decodeFailure } from "../history/failure.ts";
import { decodeHeader } from "../history/header.ts";
import type { Journal } from "../history/journal.ts";
import { loadJournal } from "../history/journal-load.ts";
import { KeySpace, singleKey } from "../history/key.ts";
import { openRow } from "../history/row.ts";
import { decodeRunFailure } from "../history/run-failure.ts";
import { runTagOf } from "../history/run-tag.ts";
import { takeSnapshot } from "../history/snapshot.ts";
import { CorruptionError } from "../model/errors/history-errors.ts";
import { RunNotFoundError, RunPausedError } from "../model/errors/run-errors.ts";
import type { PauseReason } from "../model/run.ts";
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

  /** What the run failed with, boxed; null when nothing is stored. */
  async failure(): Promise<{ readonly error: unknown } | null> {
    const bytes = await this.#row(KeySpace.error);
    if (bytes === null) return null;
    const { failure, rollbackFailure } = decodeRunFailure(bytes);
    return { error: decodeFailure(rollbackFailure ?? failure) };
  }

  /** Why a paused run is paused. */
  async pause(): Promise<RunPausedError> {
    const reason = await this.#pauseReason();
    if (typeof reason !== "string")
      return new RunPausedError(this.workflowId, "corruption", { cause: reason });
    const bytes = await this.#row(KeySpace.hold);
    return new RunPausedError(this.workflowId, reason, bytes === null ? {} : { cause: decodeFailure(bytes) });
  }

  async #pauseReason(): Promise<PauseReason | CorruptionError> {
    try {
      const image = await this.#driver.load();
      if (image === null) throw new RunNotFoundError(this.workflowId);
      return decodeHeader(runTagOf(this.workflowId), image.header).pause ?? "operator";
    } catch (error) {
      if (CorruptionError.is(error)) return error;
      throw error;
    }
  }

  async #row(space: number): Promise<Uint8Array | null> {
    const [row] = await this.#driver.list(singleKey(space), { limit: 1 });
    return row === undefined ? null : openRow(runTagOf(this.workflowId), row.key, row.value).body;
  }

  /** Reads work with any epoch. */
  get #driver(): ReturnType<WorkflowStore["driver"]> {
    return this.#session.store.driver({ workflowId: this.workflowId, epoch: 0 });
  }
}
