import { encodeHeader, type RollbackCause, type RunHeader } from "../../history/header.ts";
import type { Journal } from "../../history/journal.ts";
import { KeySpace } from "../../history/key.ts";
import type { WriteSet } from "../../history/write-set.ts";
import type { World } from "../../model/clock.ts";
import { FencedError, MessageRefusedError, StorageError } from "../../model/errors/storage-errors.ts";
import { isTerminal, type PauseReason, type RunState } from "../../model/run.ts";
import type { EngineDriver } from "../../storage/driver.ts";
import type { CommitBatch } from "../../storage/records.ts";
import { formatUuid } from "../replay/draws.ts";
import type { Report } from "../replay/report.ts";
import type { Outbox, Outgoing } from "./outbox.ts";
import { type Again, fewTries, patientRead } from "./patient-read.ts";

/** Of the rows that the storage takes at once, so many are names beside what needs them. */
const SHARE_OF_NAMES = 1 / 4;

/** Whether a run with this header is somebody's to go on with: when it waits or has ended it is nobody's. */
export function keepsClaim({ status, wakeAt = null }: Pick<CommitIntent, "status" | "wakeAt">): boolean {
  return status === "running" || status === "pending" || (status === "rolling_back" && wakeAt === null);
}

/** What a commit says of the run besides what is dirty. */
export interface CommitIntent {
  readonly status: RunState;
  readonly wakeAt?: number | null;
  readonly wants?: readonly string[] | null;
  readonly pause?: PauseReason | null;
  readonly rollback?: RollbackCause;
  readonly barrenStarts?: number;
  /** Asked when a message that was to be sent is refused: if not, nothing is committed. @default yes */
  readonly stillMeant?: () => boolean;
}

/** What a committer works with. */
export interface CommitterSetup {
  readonly journal: Journal;
  readonly driver: EngineDriver;
  readonly epoch: number;
  readonly world: World;
  readonly report: Report;
  /** How long a commit, and what became of it, is asked for. @default `fewTries` of what can be tried again */
  readonly again?: Again;
  /** Called after each commit. */
  readonly committed: (outgoing: Outgoing | null) => void;
}

/**
 * Owns: turning what is dirty into one batch, and finding out whether it was applied.
 * Invariants: one transition is one batch (P3); a batch whose outcome is unknown is looked up, and repeated only as the
 * same batch after the same revision, so that it is applied once or not at all (I14); an error of the storage is
 * told as such and changes nothing of the run (P11); after a commit that failed there is none.
 */
export class Committer {
  readonly #setup: CommitterSetup;
  driver: EngineDriver;
  epoch: number;
  #uncertain = false;
  /** Why a commit failed: what it took from the journal is lost, and nothing that came after it may be kept. */
  #failure: { readonly error: unknown } | null = null;
  #parting: Promise<unknown> | null = null;

  constructor(setup: CommitterSetup) {
    this.#setup = setup;
    this.driver = setup.driver;
    this.epoch = setup.epoch;
  }

  /** Whether a commit has failed: there will be no other. */
  get failed(): boolean {
    return this.#failure !== null;
  }

  /** Settles when a commit that gives the claim up has its answer, whatever that is; null while none is under way. */
  get parting(): Promise<unknown> | null {
    return this.#parting;
  }

  /**
   * False: a message was refused, and the intent is not meant any more.
   * @throws FencedError, StorageError, LimitError
   */
  commit(intent: CommitIntent, outbox: Outbox | null): Promise<boolean> {
    const committing = this.#commit(intent, outbox);
    return keepsClaim(intent) ? committing : this.#part(committing);
  }

  async #part(committing: Promise<boolean>): Promise<boolean> {
    this.#parting = committing.catch(() => {});
    try {
      return await committing;
    } finally {
      this.#parting = null;
    }
  }

  async #commit(intent: CommitIntent, outbox: Outbox | null): Promise<boolean> {
    const { journal } = this.#setup;
    if (this.#failure !== null) throw this.#failure.error;
    // A row that only a cancelled run has: an older header, of before, does not fit the rows any more.
    if (intent.status === "cancelled") journal.setSingle(KeySpace.cancelled, new Uint8Array(0));
    const names = this.#namesAhead();
    if (names !== null) {
      await this.#tellNames(names);
      if (intent.stillMeant?.() === false) return false;
    }
    for (;;) {
      // Also before it is made again: what was to be sent meanwhile leaves with it.
      outbox?.seal();
      const writes = journal.takeWriteSet();
      const outgoing = outbox?.take() ?? null;
      const header = this.#header(intent, writes);
      try {
        await this.#write(this.#batch(intent, header, { writes, outgoing }));
      } catch (error) {
        if (!MessageRefusedError.is(error) || outbox === null) throw this.#failed(error);
        writes.undo();
        outgoing?.undo();
        if (!outbox.refuse([error, ...error.others])) throw this.#failed(error);
        if (intent.stillMeant?.() === false) return false;
        continue;
      }
      this.#made(header, writes);
      outgoing?.committed();
      this.#setup.committed(outgoing);
      return true;
    }
  }

  /**
   * Names that a result needs go before it where they are more than the storage takes with it: those of all that code has asked
   * for in one turn, and the last of it may end first.
   */
  #namesAhead(): WriteSet | null {
    const atMost = Math.max(1, Math.floor(this.driver.limits.batchRows * SHARE_OF_NAMES));
    return this.#setup.journal.takeNames(atMost);
  }

  async #tellNames(first: WriteSet): Promise<void> {
    const { journal } = this.#setup;
    for (let names: WriteSet | null = first; names !== null; names = this.#namesAhead()) {
      const intent: CommitIntent = {
        status: journal.header.rollback === "none" ? "running" : "rolling_back",
      };
      const header = this.#header(intent, names);
      try {
        await this.#write(this.#batch(intent, header, { writes: names, outgoing: null }));
      } catch (error) {
        throw this.#failed(error);
      }
      this.#made(header, names);
    }
  }

  #made(header: RunHeader, writes: WriteSet): void {
    this.#setup.journal.header = header;
    const { revision, status } = header;
    this.#setup.report.event({ type: "commit", revision, rows: writes.puts.length, status });
  }

  #failed(error: unknown): unknown {
    this.#failure = { error };
    return error;
  }

  #header(intent: CommitIntent, writes: WriteSet): RunHeader {
    const { header } = this.#setup.journal;
    return {
      ...header,
      status: intent.status,
      epoch: this.epoch,
      revision: header.revision + 1,
      sequence: writes.sequence,
      wakeAt: intent.wakeAt ?? null,
      lastTime: writes.lastTime,
      digest: writes.digest,
      rollback: intent.rollback ?? header.rollback,
      pause: intent.pause ?? null,
      barrenStarts: intent.barrenStarts ?? 0,
      checkpointAt: writes.checkpointAt,
    };
  }

  #batch(
    intent: CommitIntent,
    header: RunHeader,
    { writes, outgoing }: { writes: WriteSet; outgoing: Outgoing | null },
  ): CommitBatch {
    const { journal, world } = this.#setup;
    return {
      batchId: formatUuid(world.random.bytes(16)),
      epoch: this.epoch,
      expectedRevision: header.revision - 1,
      header: encodeHeader(journal.runTag, header),
      status: header.status,
      wakeAt: header.wakeAt,
      wants: isTerminal(header.status) ? null : (intent.wants ?? null),
      puts: writes.puts,
      deletes: writes.deletes,
      deleteRanges: writes.deleteRanges,
      consume: outgoing?.consume ?? [],
      complete: outgoing?.complete ?? [],
      retract: outgoing?.retract ?? [],
      send: outgoing?.send ?? [],
      spawn: [],
    };
  }

  async #write(batch: CommitBatch): Promise<void> {
    this.#uncertain = false;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.driver.commit(batch);
        return;
      } catch (error) {
        if (FencedError.is(error) && (await this.#appliedBefore(batch.batchId))) return;
        if (!StorageError.is(error)) throw error;
        if (error.outcome === "unknown") {
          this.#uncertain = true;
          if (await this.#applied(batch.batchId)) return;
        }
        // What consumes is refused for good where this picture of the queue is old: the run is to be read anew.
        const stale = !error.retryable && batch.consume.length > 0;
        const wait = stale ? null : this.#again(attempt, error);
        if (wait === null) throw error;
        this.#setup.report.warn("the storage failed; trying again", { attempt, error });
        await wait;
      }
    }
  }

  readonly #again: Again = (attempt, error) => {
    const { again, world } = this.#setup;
    if (again !== undefined) return again(attempt, error);
    return error.retryable ? fewTries(world.clock, attempt) : null;
  };

  /** Whether a refusal is of the batch's own making: its answer was lost, or something on the way delivered it twice. */
  async #appliedBefore(batchId: string): Promise<boolean> {
    if (this.#uncertain) return this.#applied(batchId);
    return patientRead(this.#setup.world.clock, () => this.driver.applied(batchId)).catch(() => false);
  }

  #applied(batchId: string): Promise<boolean> {
    const { clock } = this.#setup.world;
    return patientRead(clock, () => this.driver.applied(batchId), this.#again);
  }
}
