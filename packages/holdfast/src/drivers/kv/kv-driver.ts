import { checkBoolean, checkInteger, checkMethods, checkWorkflowId } from "../../model/check.ts";
import { MAX_DURATION_MS } from "../../model/limits.ts";
import { checkGiven, type OptionNames, optionNames } from "../../model/option-names.ts";
import type { RunState } from "../../model/run.ts";
import { DEFAULT_DRIVER_LIMITS } from "../../storage/batch-limits.ts";
import type { EngineDriver, ListPage, LoadOptions } from "../../storage/driver.ts";
import type {
  CommitBatch,
  DriverLimits,
  KVEntry,
  NewMessage,
  RunImage,
  StoredMessage,
} from "../../storage/records.ts";
import type { RunRow } from "../../storage/run-row.ts";
import type { SerialSection } from "../../storage/serial-section.ts";
import { STORAGE_OPTIONS, type StorageOptions, storageSettings } from "../../storage/storage-options.ts";
import { commitBatch } from "../../storage/tables/commit-batch.ts";
import { enqueueMessage } from "../../storage/tables/deliveries.ts";
import type { RunLedger } from "../../storage/tables/tables.ts";
import type { Change, Waiters } from "../../storage/waiters.ts";
import { KVAlarm, type Waking } from "./kv-alarm.ts";
import { assertChangeFits } from "./kv-limits.ts";
import { KVReader, type Questions } from "./kv-reader.ts";
import { KVSession } from "./kv-session.ts";
import { writing } from "./namespace-calls.ts";
import type { KVChange, OrderedKV } from "./ordered-kv.ts";
import { sharedNamespace } from "./shared-namespace.ts";

/** Options of `kvDriver`. */
export interface KVDriverOptions extends StorageOptions {
  /** The run's id, for error messages and for messages that it sends to itself. @default "run" */
  readonly workflowId?: string;
  /**
   * Where nothing but the alarm starts a run whose process died at work: milliseconds until the alarm looks after a run
   * that is at work. The alarm is moved only when it has passed. @default none: the platform starts such runs itself
   */
  readonly watchMs?: number;
  /** Whether messages that come before the run are kept for it; if not, they are refused with `RunNotFoundError`. @default true */
  readonly earlyMessages?: boolean;
}

const KV_OPTIONS: OptionNames = optionNames<KVDriverOptions>({
  ...STORAGE_OPTIONS,
  workflowId: true,
  watchMs: true,
  earlyMessages: true,
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
  readonly #queuedMessages: number | null;
  readonly #workflowId: string;
  readonly #earlyMessages: boolean;
  readonly #section: SerialSection;
  readonly #waiters: Waiters;
  readonly #alarm: KVAlarm;

  /** @internal Use `kvDriver()`. */
  constructor(kv: OrderedKV, options: KVDriverOptions) {
    this.#kv = kv;
    const { workflowId = "run", clock, watchMs = null, earlyMessages = true } = options;
    const { limits, queuedMessages } = storageSettings(options, { ...DEFAULT_DRIVER_LIMITS, ...kv.limits });
    // biome-ignore lint/plugin: the platform's wall clock is the default, as the alarm it serves goes by it.
    this.#now = clock === undefined ? () => Date.now() : () => clock.now();
    const { section, waiters } = sharedNamespace(kv);
    this.#section = section;
    this.#waiters = waiters;
    this.#alarm = new KVAlarm(kv, { now: this.#now, watchMs });
    this.#queuedMessages = queuedMessages;
    this.#workflowId = workflowId;
    this.#earlyMessages = earlyMessages;
    this.#reader = new KVReader(kv, this.#workflowId);
    this.limits = limits;
  }

  /**
   * Sets the alarm again, unless the platform says that it is set: a process that died between a batch and its alarm left an older one,
   * and one that has fired, too early by the run's time perhaps, is set no more. A run that is only shown keeps what it has: who asks for it
   * again and again would put off the alarm that looks after it.
   */
  load({ shown = false }: LoadOptions = {}): Promise<RunImage | null> {
    return this.#section.run(async () => {
      if (!shown) await this.#alarm.ask();
      const run = await this.#reader.run();
      if (run === null || run.record.row.revision === 0) return null;
      const { revision, status, wakeAt, wants } = run.record.row;
      const schedule = { status, wakeAt, wants: wants?.slice() ?? null };
      const { entries, more } = await this.#reader.firstPage();
      if (!shown) await this.#alarm.set(await this.#waking(run.record.row));
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
      await this.#alarm.set(await this.#waking(run));
      return true;
    });
  }

  /** For the handler of an alarm, which is set no more: sets the one that the run needs now. */
  rearm(): Promise<void> {
    return this.#section.run(async () => {
      await this.#alarm.ask();
      const run = (await this.#reader.run())?.record.row;
      if (run !== undefined) await this.#alarm.set(await this.#waking(run));
    });
  }

  /** Has `work` remove all that is stored, with nothing in between; whoever waits for the run is told. */
  remove(work: () => Promise<void>): Promise<void> {
    return this.#section.run(async () => {
      await work();
      this.#alarm.forget();
      this.#waiters.changed({ workflowId: this.#workflowId, kind: "deleted", due: false });
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
    const receiver = { workflowId: this.#workflowId, bare: this.#earlyMessages };
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
    const wantedQueued = session.hasMessage(0, wants);
    const waking = run !== null && (wantedQueued || alarm === "always") ? { run, wantedQueued } : null;
    const change = session.change();
    const together = change !== null && this.#kv.alarmInBatch === true;
    if (change !== null) {
      assertChangeFits(this.#workflowId, change, this.#kv.limits ?? {});
      if (waking !== null && !together) await this.#alarm.setEarly(waking);
      await this.#apply(change, waking !== null && together ? this.#alarm.for(waking) : undefined);
      for (const one of changes) this.#waiters.changed(one);
    }
    if (waking !== null && !together) await this.#alarm.set(waking);
  }

  /** `alarm`: the one that follows from the change and is set with it; undefined: none. */
  #apply(change: KVChange, alarm: number | null | undefined): Promise<void> {
    const apply = (one: KVChange): Promise<void> => writing(() => this.#kv.batch(one));
    return alarm === undefined
      ? apply(change)
      : this.#alarm.setWith(alarm, () => apply({ ...change, alarm }));
  }

  async #waking(run: RunRow): Promise<Waking> {
    const { wants } = run;
    return { run, wantedQueued: wants !== null && (await this.#reader.holdsNamed(wants)) };
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

/**
 * A bare driver from an ordered key-value namespace with an atomic batch and an alarm, for platforms that isolate runs
 * themselves. The run is created by its first commit (expected revision 0).
 * @throws InvalidArgumentError, LimitError
 */
export function kvDriver(kv: OrderedKV, options: KVDriverOptions = {}): KVDriver {
  checkMethods(kv, "The key-value namespace", KV_METHODS);
  checkGiven(options, "The options of kvDriver", KV_OPTIONS);
  const { workflowId, watchMs, earlyMessages } = options;
  if (workflowId !== undefined) checkWorkflowId(workflowId);
  if (earlyMessages !== undefined) checkBoolean(earlyMessages, "earlyMessages");
  if (watchMs !== undefined) checkInteger(watchMs, "watchMs", { from: 1, to: MAX_DURATION_MS });
  return new KVDriver(kv, options);
}
