import { checkInteger, checkMethods, checkWord, isArray } from "../model/check.ts";
import { describe } from "../model/describe.ts";
import { InvalidArgumentError } from "../model/errors/argument-errors.ts";
import { StorageError } from "../model/errors/storage-errors.ts";
import { checkGiven, type OptionNames, optionNames } from "../model/option-names.ts";
import type { EngineDriver, ListPage } from "../storage/driver.ts";
import { DRIVER_METHODS } from "../storage/port-methods.ts";
import type {
  CommitBatch,
  DriverLimits,
  KVEntry,
  NewMessage,
  RunImage,
  StoredMessage,
} from "../storage/records.ts";

/** The operations of a driver that are numbered. */
export type StorageOperation = "load" | "list" | "commit" | "applied" | "peekMessages" | "enqueueMessage";

/**
 * What goes wrong with an operation. `crash-before`: the process dies, nothing is applied. `crash-after`: it is
 * applied, then the process dies before it hears of it. `crash-late`: the process dies, and its batch arrives after the
 * next process has committed one of its own. The others are errors that the caller is told: one that says so
 * truthfully (`not-applied`), and three whose outcome the storage does not know: applied, not applied, or applied a
 * little later (when the next operation has been answered).
 */
export type Fault =
  | "crash-before"
  | "crash-after"
  | "crash-late"
  | "not-applied"
  | "unknown-applied"
  | "unknown-not-applied"
  | "unknown-applied-late";

/** All of them. */
export const FAULTS: readonly Fault[] = [
  "crash-before",
  "crash-after",
  "crash-late",
  "not-applied",
  "unknown-applied",
  "unknown-not-applied",
  "unknown-applied-late",
];

/** A fault of one operation; operations are counted from 1. */
export interface PlannedFault {
  readonly operation: number;
  readonly fault: Fault;
}

/** Options of `crashDriver`. */
export interface CrashDriverOptions {
  /** What goes wrong, and when. @default nothing */
  readonly faults?: readonly PlannedFault[];
  /** Called with every batch that was applied. */
  readonly onApplied?: (batch: CommitBatch) => void;
  /** Called once when the process dies. */
  readonly onCrash?: () => void;
  /** What is under way in the network: give it to all processes of a run. @default that of this process alone */
  readonly wire?: Wire;
}

const CRASH_DRIVER_OPTIONS: OptionNames = optionNames<CrashDriverOptions>({
  faults: true,
  onApplied: true,
  onCrash: true,
  wire: true,
});

const FAULT: OptionNames = optionNames<PlannedFault>({ operation: true, fault: true });

/** @throws InvalidArgumentError */
function checkFaults(faults: readonly PlannedFault[]): void {
  if (!isArray(faults)) throw new InvalidArgumentError(`faults must be an array; got ${describe(faults)}.`);
  for (const [index, planned] of (faults as readonly PlannedFault[]).entries()) {
    checkGiven(planned, `faults[${index}]`, FAULT);
    const { operation, fault } = planned;
    checkInteger(operation, `faults[${index}].operation`, { from: 1, to: Number.MAX_SAFE_INTEGER });
    checkWord(fault, `faults[${index}].fault`, FAULTS);
  }
}

/** Writes that have left a process and not yet arrived. */
export interface Wire {
  /** Arrives with the next operation. */
  late: (() => Promise<unknown>) | null;
  /** Of a process that died: arrives after the next commit. */
  stray: (() => Promise<unknown>) | null;
}

/** A driver as one process sees it: its operations are numbered, and at any of them the process can die. */
export class CrashDriver implements EngineDriver {
  readonly limits: DriverLimits;
  readonly #inner: EngineDriver;
  readonly #faults: ReadonlyMap<number, Fault>;
  readonly #options: CrashDriverOptions;
  readonly #operations: StorageOperation[] = [];
  readonly #hints: Set<AbortSignal> = new Set();
  readonly #wire: Wire;
  #crashed = false;

  /** @internal Use `crashDriver()`. */
  constructor(inner: EngineDriver, options: CrashDriverOptions) {
    this.limits = inner.limits;
    this.#inner = inner;
    this.#options = options;
    this.#wire = options.wire ?? { late: null, stray: null };
    this.#faults = new Map((options.faults ?? []).map(({ operation, fault }) => [operation, fault]));
  }

  /** The operations so far, in order. */
  get operations(): readonly StorageOperation[] {
    return this.#operations;
  }

  /** Whether the process has died. */
  get crashed(): boolean {
    return this.#crashed;
  }

  /** Waits for messages that are open. */
  get openWaits(): number {
    return this.#hints.size;
  }

  /** The process dies now: nothing that it asks for is answered or applied any more. */
  crash(): void {
    if (this.#crashed) return;
    this.#crashed = true;
    this.#options.onCrash?.();
  }

  load(): Promise<RunImage | null> {
    return this.#operate("load", () => this.#inner.load());
  }

  list(prefix: Uint8Array, page?: ListPage): Promise<readonly KVEntry[]> {
    return this.#operate("list", () => this.#inner.list(prefix, page));
  }

  commit(batch: CommitBatch): Promise<void> {
    return this.#operate("commit", async () => {
      await this.#inner.commit(batch);
      this.#options.onApplied?.(batch);
    });
  }

  applied(batchId: string): Promise<boolean> {
    return this.#operate("applied", () => this.#inner.applied(batchId));
  }

  peekMessages(names: readonly string[] | null, count: number): Promise<readonly StoredMessage[]> {
    return this.#operate("peekMessages", () => this.#inner.peekMessages(names, count));
  }

  enqueueMessage(message: NewMessage): Promise<void> {
    return this.#operate("enqueueMessage", () => this.#inner.enqueueMessage(message));
  }

  async waitForMessages(names: readonly string[] | null, signal: AbortSignal): Promise<void> {
    if (this.#crashed) return never();
    this.#hints.add(signal);
    await this.#inner.waitForMessages(names, signal);
    this.#hints.delete(signal);
    if (this.#crashed) return never();
  }

  async #operate<T>(name: StorageOperation, act: () => Promise<T>): Promise<T> {
    if (this.#crashed) return never();
    const fault = this.#faults.get(this.#operations.push(name));
    if (fault === "crash-before") {
      this.crash();
      return never();
    }
    const { late } = this.#wire;
    this.#wire.late = null;
    const result = fault === undefined ? await act() : await this.#fail(fault, { name, act });
    // A batch that was delayed arrives: whatever became of it, nobody waits for the answer.
    await late?.().catch(() => {});
    if (name === "commit" && fault === undefined) {
      const { stray } = this.#wire;
      this.#wire.stray = null;
      await stray?.().catch(() => {});
    }
    if (this.#crashed) return never();
    return result;
  }

  async #fail<T>(fault: Fault, operation: { name: StorageOperation; act: () => Promise<T> }): Promise<T> {
    const { name, act } = operation;
    const writes = name === "commit" || name === "enqueueMessage";
    if (fault === "crash-after") {
      await act();
      this.crash();
      return never();
    }
    if (fault === "crash-late") {
      if (name === "commit") this.#wire.stray = act;
      this.crash();
      return never();
    }
    if (fault === "unknown-applied") await act();
    if (fault === "unknown-applied-late" && writes) this.#wire.late = act;
    throw new StorageError(`injected: ${fault} at ${name}`, {
      outcome: fault === "not-applied" ? "not-applied" : "unknown",
      retryable: true,
    });
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}

/** Wraps a driver so that operations can fail, and the process can die at any of them. */
export function crashDriver(inner: EngineDriver, options: CrashDriverOptions = {}): CrashDriver {
  checkMethods(inner, "The driver of crashDriver", DRIVER_METHODS);
  checkGiven(options, "The options of crashDriver", CRASH_DRIVER_OPTIONS);
  checkFaults(options.faults ?? []);
  return new CrashDriver(inner, options);
}
