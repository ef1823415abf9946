import { checkInteger, checkMethods, checkWorkflowId } from "../../model/check.ts";
import { HoldfastError } from "../../model/errors/holdfast-error.ts";
import { StorageError } from "../../model/errors/storage-errors.ts";
import { MAX_DURATION_MS } from "../../model/limits.ts";
import { checkGiven, type OptionNames, optionNames } from "../../model/option-names.ts";
import { isTerminal, type RunState } from "../../model/run.ts";
import { DEFAULT_DRIVER_LIMITS } from "../../storage/batch-limits.ts";
import type { EngineDriver, ListPage } from "../../storage/driver.ts";
import { keepsClaim } from "../../storage/due.ts";
import type {
  CommitBatch,
  DriverLimits,
  KVEntry,
  NewMessage,
  RunImage,
  StoredMessage,
} from "../../storage/records.ts";
import type { RunRow } from "../../storage/run-row.ts";
import { SerialSection } from "../../storage/serial-section.ts";
import { STORAGE_OPTIONS, type StorageOptions, storageSettings } from "../../storage/storage-options.ts";
import { commitBatch } from "../../storage/tables/commit-batch.ts";
import { enqueueMessage } from "../../storage/tables/deliveries.ts";
import type { RunLedger } from "../../storage/tables/tables.ts";
import { type Change, Waiters } from "../../storage/waiters.ts";
import { assertChangeFits } from "./kv-limits.ts";
import { KVReader, type Questions } from "./kv-reader.ts";
import { KVSession } from "./kv-session.ts";
import type { OrderedKV } from "./ordered-kv.ts";

/** Options of `kvDriver`. */
export interface KVDriverOptions extends StorageOptions {
  /** The run's id, for error messages and for messages that it sends to itself. @default "run" */
  readonly workflowId?: string;
  /**
   * Where nothing but the alarm starts a run whose process died at work: milliseconds until the alarm looks after a run
   * that is at work. The alarm is moved only when it has passed. @default none: the platform starts such runs itself
   */
  readonly watchMs?: number;
}

const KV_OPTIONS: OptionNames = optionNames<KVDriverOptions>({
  ...STORAGE_OPTIONS,
  workflowId: true,
  watchMs: true,
});
const KV_METHODS: readonly (keyof OrderedKV)[] = ["get", "list", "batch", "setAlarm"];

/** An operation that may write, and whether the alarm follows from it. */
interface Write {
  readonly alarm: "always" | "when-wanted";
  readonly work: (ledger: RunLedger) => void;
}

/** A bare driver on an ordered namespace: header, history, messages and answers change in one batch. */
export class KVDriver implements EngineDriver {
  readonly limits: DriverLimits;
  readonly #kv: OrderedKV;
  readonly #reader: KVReader;
  readonly #now: () => number;
  readonly #watchMs: number | null;
  readonly #queuedMessages: number | null;
  readonly #workflowId: string;
  /** One read-decide-write at a time: the revision is checked on what is stored. */
  readonly #section = new SerialSection();
  readonly #waiters = new Waiters();
  /** As this driver set it last, undefined when that is not known: most commits of a running run need none. */
  #alarm: number | null | undefined = undefined;

  /** @internal Use `kvDriver()`. */
  constructor(kv: OrderedKV, options: KVDriverOptions) {
    this.#kv = kv;
    const { workflowId = "run", clock, watchMs = null } = options;
    const { limits, queuedMessages } = storageSettings(options, { ...DEFAULT_DRIVER_LIMITS, ...kv.limits });
    // biome-ignore lint/plugin: the platform's wall clock is the default, as the alarm it serves goes by it.
    this.#now = clock === undefined ? () => Date.now() : () => clock.now();
    this.#watchMs = watchMs;
    this.#queuedMessages = queuedMessages;
    this.#workflowId = workflowId;
    this.#reader = new KVReader(kv, this.#workflowId);
    this.limits = limits;
  }

  /** Sets the alarm again: a process that died between a batch and its alarm left an older one. */
  load(): Promise<RunImage | null> {
    return this.#section.run(async () => {
      const run = await this.#reader.run();
      if (run === null || run.record.row.revision === 0) return null;
      const { revision, status, wakeAt, wants } = run.record.row;
      const schedule = { status, wakeAt, wants };
      const { entries, more } = await this.#reader.firstPage();
      await this.#setAlarm(run.record.row, await this.#holdsWanted(run.record.row));
      const counts = { revision, epoch: 0, claimsWithoutCommit: 0 };
      const damage = await this.#reader.queueDamage(run.record);
      const image = { header: run.header, ...counts, entries, complete: !more, schedule };
      return damage === null ? image : { ...image, damage };
    });
  }

  list(prefix: Uint8Array, page: ListPage = {}): Promise<readonly KVEntry[]> {
    return this.#section.run(() => this.#reader.rows(prefix, page));
  }

  commit(batch: CommitBatch): Promise<void> {
    const questions = {
      messageIds: [...batch.consume, ...batch.send.map(({ message }) => message.id)],
      answeredIds: batch.complete.map(({ id }) => id),
      wants: batch.wants ?? [],
      consumed: batch.consume.length,
    };
    const holder = { workflowId: this.#workflowId, epoch: 0, bare: true };
    return this.#section.run(() =>
      this.#write(questions, { alarm: "always", work: (ledger) => commitBatch(ledger, holder, batch) }),
    );
  }

  /** Sets the alarm too: when the commit's outcome was unknown, it may not have been set. */
  applied(batchId: string): Promise<boolean> {
    return this.#section.run(async () => {
      const run = (await this.#reader.run())?.record.row;
      if (run?.batchId !== batchId) return false;
      await this.#setAlarm(run, await this.#holdsWanted(run));
      return true;
    });
  }

  /** For the handler of an alarm, which is set no more: sets the one that the run needs now. */
  rearm(): Promise<void> {
    return this.#section.run(async () => {
      this.#alarm = undefined;
      const run = (await this.#reader.run())?.record.row;
      if (run !== undefined) await this.#setAlarm(run, await this.#holdsWanted(run));
    });
  }

  /** The run's state as of its last commit, without its history; null when there is none. */
  readState(): Promise<RunState | null> {
    return this.#section.run(async () => {
      const run = (await this.#reader.run())?.record.row;
      return run === undefined || run.revision === 0 ? null : run.status;
    });
  }

  /** A hint: resolves when this driver has written, or when the signal aborts. */
  waitForChange(signal: AbortSignal): Promise<void> {
    return this.#waiters.wait({ workflowId: this.#workflowId }, signal);
  }

  peekMessages(names: readonly string[] | null, count: number): Promise<readonly StoredMessage[]> {
    return this.#section.run(() => this.#reader.messages(names, count));
  }

  enqueueMessage(message: NewMessage): Promise<void> {
    const questions = { messageIds: [message.id], answeredIds: [], wants: [message.name], consumed: 0 };
    const receiver = { workflowId: this.#workflowId, bare: true };
    // Also for a message that was there: its first sender may have died before the alarm. Never moves an alarm away.
    return this.#section.run(() =>
      this.#write(questions, {
        alarm: "when-wanted",
        work: (ledger) => enqueueMessage(ledger, receiver, message),
      }),
    );
  }

  async waitForMessages(names: readonly string[] | null, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const ended = new AbortController();
    const end = (): void => ended.abort();
    signal.addEventListener("abort", end);
    try {
      // The wait begins before the look, so that nothing comes in between unseen.
      const waits = [this.#waiters.wait({ workflowId: this.#workflowId, messagesOnly: true }, ended.signal)];
      const outside = this.#kv.waitForChange?.(ended.signal);
      if (outside !== undefined) waits.push(outside.catch(() => undefined));
      const found = await this.peekMessages(names, 1).catch(() => null);
      if (found?.length === 0) await Promise.race(waits);
    } finally {
      signal.removeEventListener("abort", end);
      ended.abort();
    }
  }

  /** The answer to a completable message, or null while there is none. */
  readResponse(messageId: string): Promise<Uint8Array | null> {
    return this.#section.run(() => this.#reader.response(messageId));
  }

  async #write(questions: Questions, { alarm, work }: Write): Promise<void> {
    const session = new KVSession(this.#workflowId, await this.#reader.read(questions));
    const changes: Change[] = [];
    work(this.#ledger(session, changes));
    const { run } = session;
    const wants = run?.wants?.filter((name) => questions.wants.includes(name)) ?? [];
    const wanted = session.hasMessage(0, wants);
    const moves = run !== null && (wanted || alarm === "always") ? run : null;
    const change = session.change();
    const together = change !== null && moves !== null && this.#kv.alarmInBatch === true;
    if (change !== null) {
      if (moves !== null && !together) await this.#setEarlyAlarm(moves, wanted);
      assertChangeFits(this.#workflowId, change, this.#kv.limits ?? {});
      const at = together ? this.#alarmOf(moves, wanted) : undefined;
      if (at !== undefined) this.#alarm = undefined;
      await this.#kv.batch(at === undefined ? change : { ...change, alarm: at }).catch(writeFailed);
      if (at !== undefined) this.#alarm = at;
      for (const one of changes) this.#waiters.changed(one);
    }
    if (moves !== null && !together) await this.#setAlarm(moves, wanted);
  }

  /** Whether a message is queued that the run wants. */
  async #holdsWanted({ wants }: RunRow): Promise<boolean> {
    return wants !== null && (await this.#reader.holdsNamed(wants));
  }

  /**
   * Before a batch after which the run is woken sooner than now: a process that dies in between leaves an alarm too
   * early, which looks in vain, and not a run that nobody wakes (P9).
   */
  async #setEarlyAlarm(run: RunRow, wantedQueued: boolean): Promise<void> {
    const at = this.#alarmOf(run, wantedQueued);
    if (typeof at !== "number" || (typeof this.#alarm === "number" && this.#alarm <= at)) return;
    await this.#setAlarm(run, wantedQueued);
  }

  async #setAlarm(run: RunRow, wantedQueued: boolean): Promise<void> {
    const at = this.#alarmOf(run, wantedQueued);
    if (at === undefined) return;
    this.#alarm = undefined;
    await this.#kv.setAlarm(at).catch(writeFailed);
    this.#alarm = at;
  }

  /** The alarm to set for the run as it is; undefined: the one that is set will do. */
  #alarmOf(run: RunRow, wantedQueued: boolean): number | null | undefined {
    const at = alarmOf(run, { wantedQueued, now: this.#now(), watchMs: this.#watchMs });
    const known = this.#alarm;
    if (at === null) return known === null ? undefined : null;
    // An alarm to come that looks after the run in time need not be moved.
    if (typeof known !== "number" || known <= this.#now()) return at;
    const watched = keepsClaim(run.status, run.wakeAt);
    return known === at || (watched && known <= at) ? undefined : at;
  }

  #ledger(tables: KVSession, changes: Change[]): RunLedger {
    return {
      tables,
      limits: this.limits,
      queuedMessages: this.#queuedMessages,
      now: () => this.#now(),
      changed: (change) => {
        changes.push(change);
      },
    };
  }
}

/** When the platform is to run the run: at its time, at once when what it waits for is there, soon when it is at work. */
function alarmOf(
  run: RunRow,
  at: { readonly wantedQueued: boolean; readonly now: number; readonly watchMs: number | null },
): number | null {
  if (run.revision === 0 || run.status === "paused" || isTerminal(run.status)) return null;
  if (!keepsClaim(run.status, run.wakeAt)) return at.wantedQueued ? at.now : run.wakeAt;
  if (run.wakeAt !== null || at.watchMs === null) return run.wakeAt;
  return run.status === "pending" ? at.now : at.now + at.watchMs;
}

function writeFailed(error: unknown): never {
  if (HoldfastError.is(error)) throw error;
  const told = error instanceof Error ? error.message : String(error);
  throw new StorageError(
    `The key-value storage failed to write: ${told}. Whether it has written is not known.`,
    {
      outcome: "unknown",
      retryable: true,
      cause: error,
    },
  );
}

/**
 * A bare driver from an ordered key-value namespace with an atomic batch and an alarm, for platforms that isolate runs
 * themselves. The run is created by its first commit (expected revision 0).
 * @throws InvalidArgumentError, LimitError
 */
export function kvDriver(kv: OrderedKV, options: KVDriverOptions = {}): KVDriver {
  checkMethods(kv, "The key-value namespace", KV_METHODS);
  checkGiven(options, "The options of kvDriver", KV_OPTIONS);
  const { workflowId, watchMs } = options;
  if (workflowId !== undefined) checkWorkflowId(workflowId);
  if (watchMs !== undefined) checkInteger(watchMs, "watchMs", { from: 1, to: MAX_DURATION_MS });
  return new KVDriver(kv, options);
}
