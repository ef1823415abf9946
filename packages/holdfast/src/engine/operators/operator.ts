import type { Journal } from "../../history/journal.ts";
import { loadJournal } from "../../history/journal-load.ts";
import { RunNotFoundError } from "../../model/errors/run-errors.ts";
import { FencedError, StorageError } from "../../model/errors/storage-errors.ts";
import { NO_LIMIT } from "../../storage/page.ts";
import type { StoredMessage } from "../../storage/records.ts";
import { type CommitIntent, Committer } from "../pass/committer.ts";
import { reportOf } from "../pass/open-pass.ts";
import type { Outbox } from "../pass/outbox.ts";
import type { EngineSettings, PassClaim } from "../pass/pass-settings.ts";
import { patientMessages, patientRead } from "../pass/patient-read.ts";

/**
 * What somebody does to a run from outside, while no pass runs it: one read, one decision, one commit. The claim's
 * epoch and the revision that was read keep everybody else out in between.
 */
export class Operator {
  readonly #settings: EngineSettings;
  readonly #claim: PassClaim;
  readonly workflowId: string;
  readonly journal: Journal;

  private constructor(
    settings: EngineSettings,
    workflowId: string,
    at: { claim: PassClaim; journal: Journal },
  ) {
    this.#settings = settings;
    this.#claim = at.claim;
    this.workflowId = workflowId;
    this.journal = at.journal;
  }

  /** `unborn`: what to begin with where there is no run. @throws RunNotFoundError, CorruptionError, StorageError */
  static async open(
    settings: EngineSettings,
    workflowId: string,
    claim: PassClaim,
    unborn: Journal | null = null,
  ): Promise<Operator> {
    const journal = (await loadJournal(workflowId, claim.driver))?.journal ?? unborn;
    if (journal === null) throw new RunNotFoundError(workflowId);
    return new Operator(settings, workflowId, { claim, journal });
  }

  get now(): number {
    return this.#claim.now();
  }

  /** All that is queued under these names. @throws StorageError */
  queued(names: readonly string[]): Promise<readonly StoredMessage[]> {
    const { driver } = this.#claim;
    return patientMessages(driver, this.#settings.world.clock).peekMessages(names, NO_LIMIT);
  }

  /** @throws FencedError, StorageError */
  async commit(intent: CommitIntent, outbox: Outbox | null = null): Promise<void> {
    await this.#committer().commit(intent, outbox);
  }

  /**
   * As `commit`, for what does harm when it is done twice: a FencedError says that it was not done. A refusal alone does not: it
   * can be the answer to a second delivery of what was applied.
   * @throws FencedError; StorageError, also when nobody can tell any more whether it was done
   */
  async commitOnce(intent: CommitIntent, outbox: Outbox | null = null): Promise<void> {
    try {
      await this.commit(intent, outbox);
    } catch (error) {
      if (!FencedError.is(error) || (await this.#wasNotDone())) throw error;
      throw new StorageError(
        `The storage did not say whether this was done to run "${this.workflowId}", and others have gone on with the run since. Look at its history before trying again.`,
        { outcome: "unknown", retryable: false, cause: error },
      );
    }
  }

  /** It would have been the first commit since the run was read: there was none, or only one, of another claim. */
  async #wasNotDone(): Promise<boolean> {
    const { driver, epoch } = this.#claim;
    const { clock } = this.#settings.world;
    const loaded = await patientRead(clock, () => loadJournal(this.workflowId, driver));
    if (loaded === null) return true;
    const { header } = loaded.journal;
    const commits = header.revision - this.journal.header.revision;
    return commits === 0 || (commits === 1 && header.epoch !== epoch);
  }

  #committer(): Committer {
    return new Committer({
      journal: this.journal,
      driver: this.#claim.driver,
      epoch: this.#claim.epoch,
      world: this.#settings.world,
      report: reportOf(this.workflowId, this.#settings),
      committed: () => {},
    });
  }
}

/** What is done to a run that nobody runs. */
export type OperatorWork<Value> = (operator: Operator) => Promise<Value>;
