import { decodeFailure } from "../../history/failure.ts";
import type { Journal } from "../../history/journal.ts";
import { loadJournal } from "../../history/journal-load.ts";
import { KeySpace } from "../../history/key.ts";
import type { RunSource } from "../../history/read-run.ts";
import { takeSnapshot } from "../../history/snapshot.ts";
import { RunNotFoundError, RunPausedError } from "../../model/errors/run-errors.ts";
import type { HistorySnapshot } from "../../model/snapshot.ts";
import type { EngineDriver } from "../../storage/driver.ts";
import type { EngineSettings } from "../pass/pass-settings.ts";
import { storedError } from "../pass/run-failing.ts";
import { outputOf } from "./result-of.ts";

/** Reads what a bare driver holds of its run, as of the last commit, and sets nothing going by it. */
export class DriverReader {
  readonly #workflowId: string;
  readonly #source: RunSource;
  readonly #settings: EngineSettings;

  constructor(of: {
    readonly workflowId: string;
    readonly driver: EngineDriver;
    readonly settings: EngineSettings;
  }) {
    this.#workflowId = of.workflowId;
    const { driver } = of;
    this.#source = {
      load: () => driver.load({ shown: true }),
      list: (prefix, page) => driver.list(prefix, page),
    };
    this.#settings = of.settings;
  }

  /** Null when there is no run. @throws CorruptionError, StorageError */
  async find(): Promise<Journal | null> {
    return (await loadJournal(this.#workflowId, this.#source))?.journal ?? null;
  }

  /** @throws RunNotFoundError, CorruptionError, StorageError */
  async journal(): Promise<Journal> {
    const journal = await this.find();
    if (journal === null) throw new RunNotFoundError(this.#workflowId);
    return journal;
  }

  async history(): Promise<HistorySnapshot> {
    return takeSnapshot(await this.journal(), this.#settings.codec);
  }

  async output(): Promise<unknown> {
    return outputOf((await this.find())?.single(KeySpace.output) ?? null, this.#settings.codec);
  }

  /** What the run failed with, or why it is paused; undefined for others. */
  async error(): Promise<unknown> {
    const journal = await this.find();
    if (journal === null) return undefined;
    if (journal.header.status !== "paused") return storedError(journal);
    const hold = journal.single(KeySpace.hold);
    const cause = hold === null ? {} : { cause: decodeFailure(hold) };
    return new RunPausedError(this.#workflowId, journal.header.pause ?? "operator", cause);
  }
}
