import { MAX_FAILURE_BYTES } from "../../history/failure.ts";
import type { Journal } from "../../history/journal.ts";
import { recordedPayload } from "../../history/message-body.ts";
import { takeSnapshot } from "../../history/snapshot.ts";
import type { StorageError } from "../../model/errors/storage-errors.ts";
import type { RunSchedule, StoredMessage } from "../../storage/records.ts";
import { saysToTryAgain } from "../../storage/storage-failure.ts";
import { Payloads } from "../replay/payloads.ts";
import { guarded, type Report } from "../replay/report.ts";
import { Wakeup } from "../replay/wakeup.ts";
import { Committer, keepsClaim } from "./committer.ts";
import { Control } from "./control.ts";
import type { CrashCount } from "./crash-count.ts";
import { Execution } from "./execution.ts";
import type { Outgoing } from "./outbox.ts";
import type { PassClaim, PassSettings } from "./pass-settings.ts";
import { msAfterTry, STORAGE_TRIES, waitAfterTry } from "./patient-read.ts";

/** A run that was read, and what else a pass over it needs. */
export interface OpenedRun {
  readonly settings: PassSettings;
  readonly journal: Journal;
  readonly report: Report;
  readonly crashes: CrashCount;
  /** What the storage would wake the run by; null when it does not say. */
  readonly schedule: RunSchedule | null;
}

/** A codec is asked so often to encode what a body has come to, every three seconds in the end: for half an hour. */
const CODEC_TRIES = 560;
/** A storage that says that it fails for good is asked so often to take a commit under a claim: for five minutes. */
const HOPELESS_TRIES = 100;
/** What an entry has beside its payload fits in this; where the storage takes small values only, in half of one. */
const ENTRY_OVERHEAD_BYTES = 2048;

/**
 * Owns: what the parts of one pass share: the run, the claim it is run under, its commits, the execution of the moment.
 */
export class PassState {
  readonly settings: PassSettings;
  readonly journal: Journal;
  readonly report: Report;
  readonly crashes: CrashCount;
  readonly committer: Committer;
  readonly wakeup: Wakeup = new Wakeup();
  readonly control: Control;
  claim: PassClaim;
  execution: Execution;
  /** As of the load, or of the commit that parked the run last. */
  schedule: RunSchedule | null;
  /** Whether the claim is still held after the last commit. */
  holdsClaim = true;
  /** Whether the pass is parked, or is being parked. */
  resting = false;
  /** Whether a body or handler has started in this pass. */
  #hasEffects = false;

  constructor(run: OpenedRun) {
    this.settings = run.settings;
    this.journal = run.journal;
    this.report = run.report;
    this.crashes = run.crashes;
    this.schedule = run.schedule;
    this.control = new Control(this.wakeup, run.settings.world.clock);
    this.claim = run.settings.claim;
    this.committer = new Committer({
      journal: run.journal,
      driver: this.claim.driver,
      epoch: this.claim.epoch,
      world: run.settings.world,
      report: run.report,
      again: (attempt, error) => this.#commitAgain(attempt, error),
      committed: (outgoing) => this.#committed(outgoing),
    });
    this.execution = this.newExecution(false);
  }

  get workflowId(): string {
    return this.settings.workflowId;
  }

  /** Goes on under a new claim. */
  reclaim(claim: PassClaim, message: StoredMessage | null): void {
    this.claim = claim;
    this.committer.driver = claim.driver;
    this.committer.epoch = claim.epoch;
    this.holdsClaim = true;
    this.execution.timers.now = claim.now;
    if (message === null) this.execution.mailbox.hint();
    else this.execution.mailbox.arrived(message);
  }

  newExecution(rollingBack: boolean): Execution {
    const { settings, journal, report, wakeup } = this;
    const driverLimits = this.claim.driver.limits;
    const rest = driverLimits.valueBytes - ENTRY_OVERHEAD_BYTES;
    const valueBytes = Math.max(rest, Math.floor(driverLimits.valueBytes / 2));
    const maximum = Math.min(settings.limits.payloadBytes, valueBytes);
    const payloads = new Payloads({
      codec: settings.codec,
      maximum,
      // A failed run keeps two: its own, and that of its rollback.
      failureMaximum: Math.min(MAX_FAILURE_BYTES, Math.floor(valueBytes / 2)),
      retry: (attempt, kept) => this.#askAgain(attempt, kept),
      broken: (error) => execution.breakDown(error),
    });
    const { world } = settings;
    const beforeEffect = (): void => {
      world.beforeEffect();
      this.#hasEffects = true;
    };
    const execution = new Execution({
      ...settings,
      world: { ...world, beforeEffect },
      journal,
      report,
      payloads,
      wakeup,
      rollingBack,
      valueBytes,
      driverLimits,
      now: this.claim.now,
      stirred: () => {
        if (this.resting) this.settings.stirred?.();
      },
    });
    return execution;
  }

  /** Results of bodies are kept in memory while a codec is down, for as long as the pass is not to stop: else they would run again. */
  #askAgain(attempt: number, kept: boolean): Promise<void> | null {
    const { clock } = this.settings.world;
    if (attempt < STORAGE_TRIES) return waitAfterTry(clock, attempt);
    if (!kept || this.control.winding || attempt >= CODEC_TRIES) return null;
    this.report.warn(
      "the codec goes on failing; the result of a step is kept in memory, and the run waits for it",
      {
        attempt,
      },
    );
    return waitAfterTry(clock, STORAGE_TRIES);
  }

  /**
   * What bodies have come to would be lost, and they would run again (P2): it is waited for a storage that says that it comes back,
   * and under a claim, as long as that lasts, for any. When the run is to be left, or is lost, it is tried at once.
   */
  #commitAgain(attempt: number, error: StorageError): Promise<void> | null {
    const { control } = this;
    const waits = this.claim.epoch > 0 || (this.#hasEffects && saysToTryAgain(error));
    if (!waits || control.hurried) {
      const more = error.retryable && attempt < STORAGE_TRIES;
      return more ? control.patience.pause(msAfterTry(attempt)) : null;
    }
    if (!error.retryable && attempt >= HOPELESS_TRIES) return null;
    return control.patience.pause(msAfterTry(Math.min(attempt, STORAGE_TRIES)));
  }

  /** The value of a row that the run has one of; undefined when it has none. */
  async value(space: number): Promise<unknown> {
    const bytes = this.journal.single(space);
    return bytes === null ? undefined : await this.execution.payloads.decode(bytes);
  }

  #committed(outgoing: Outgoing | null): void {
    if (!keepsClaim(this.journal.header)) this.holdsClaim = false;
    if (outgoing !== null) {
      this.execution.mailbox.consumed(outgoing.consume);
      for (const { id, response } of outgoing.complete)
        this.settings.answered?.(id, recordedPayload(response));
    }
    this.execution.room.made();
    const { onHistoryUpdated, codec } = this.settings;
    if (onHistoryUpdated === undefined || onHistoryUpdated.wanted?.() === false) return;
    guarded(
      () => onHistoryUpdated(takeSnapshot(this.journal, codec)),
      (error) => this.report.warn("onHistoryUpdated threw", { error }),
    );
  }
}
