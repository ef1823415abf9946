import { type Entry, type EntryKind, type EntryStatus, newEntry } from "../../history/entry.ts";
import { decodeFailure } from "../../history/failure.ts";
import type { Place } from "../../history/place.ts";
import { ContextMisuseError } from "../../model/errors/argument-errors.ts";
import { CorruptionError } from "../../model/errors/history-errors.ts";
import { StorageError } from "../../model/errors/storage-errors.ts";
import { isPromise } from "../../model/is-promise.ts";
import type { Scope } from "./scope.ts";
import type { Completion } from "./turns.ts";
import { WatchedPromise } from "./watched-promise.ts";

/** What an operation settles with. */
export interface Settlement {
  readonly status: Exclude<EntryStatus, "pending">;
  readonly result: Uint8Array | null;
  /** Other fields of the entry that change with it. */
  readonly change?: Partial<Entry>;
  /** The result alone forces no commit. */
  readonly ephemeral?: boolean;
  /** Called when it is recorded: what this drops from the history goes by the same commit, and none before (P3). */
  readonly recorded?: (() => void) | undefined;
}

/**
 * One operation that workflow code waits for: its place, its promise, and how its result gets from the one to the
 * other.
 *
 * Invariants: the promise settles only by a completion that a turn hands over (P5), with the decoded copy of what is
 * stored (P8); in a scope that was left it never settles, and whoever looks at it after its scope has ended is told so.
 */
export class Operation<Value> {
  readonly scope: Scope;
  readonly place: Place;
  readonly kind: EntryKind;
  readonly promise: WatchedPromise<Value>;
  /** The number of the completion in whose turn it is asked for. */
  readonly #askedIn: number;
  readonly #revive: (entry: Entry) => unknown;
  #resolve: (value: unknown) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  /** `revive` makes of a completed entry what workflow code is given. */
  constructor(
    at: { scope: Scope; place: Place; kind: EntryKind },
    revive: (entry: Entry) => Value | Promise<Value>,
  ) {
    this.scope = at.scope;
    this.place = at.place;
    this.kind = at.kind;
    this.#askedIn = at.scope.run.turns.current;
    this.#revive = revive;
    this.promise = new WatchedPromise((resolve, reject) => {
      this.#resolve = resolve as (value: unknown) => void;
      this.#reject = reject;
    });
    this.promise.keepQuiet();
    this.promise.awaited = this;
    this.promise.owner = this;
  }

  /** What the history has is handed over in its recorded turn. */
  replay(entry: Entry, turn: number = entry.sequence): WatchedPromise<Value> {
    if (entry.status === "failed") this.#noteFailure(entry);
    this.scope.run.turns.addIn(turn, {
      sequence: entry.sequence,
      scope: this.scope,
      deliver: () => this.#deliver(entry),
    });
    return this.promise;
  }

  /** What is handed to nobody any more, since the function that asked for it has ended. */
  get dropped(): ContextMisuseError | null {
    const { scope, place, kind } = this;
    if (!scope.ended || !scope.closed || scope.left || scope.depth === 0) return null;
    const { journal } = scope.run;
    return new ContextMisuseError(
      `The ${kind} ${JSON.stringify(journal.format(place))} was dropped: nobody awaited it before its block "${journal.format(scope.place)}" had ended. Await every operation inside the function whose context it uses, and return its value from there.`,
    );
  }

  /** The entry as it stands, or a new one. */
  get entry(): Entry {
    const { run } = this.scope;
    return this.place.entry ?? newEntry(this.kind, run.stamp(), this.#askedIn);
  }

  /**
   * Records that the operation waits; it is written with the next commit. One with a deadline is written before the next
   * body starts, so that no crash moves the deadline (I18).
   */
  pend(change: Partial<Entry> = {}): void {
    const { run } = this.scope;
    const entry = { ...this.entry, ...change };
    run.journal.write(this.place, entry);
    if (entry.dueAt !== null) run.requireCommit();
  }

  /** Records the result and lines it up to be handed over. */
  settle(settlement: Settlement): void {
    const completion = this.#record(settlement);
    if (completion === null) return;
    this.scope.run.turns.add(completion);
    this.scope.run.wakeup.notify();
  }

  /**
   * As `settle`, but recorded only in the turn in which it is handed over: a scope that is left before has received nothing. Null:
   * it is not there any more.
   */
  settleInTurn(settlement: () => Settlement | null): void {
    const { run } = this.scope;
    const accept = (): Completion | null => {
      const settled = settlement();
      return settled === null ? null : this.#record(settled);
    };
    run.turns.offer({ scope: this.scope, accept });
    run.wakeup.notify();
  }

  /** As `settle`, but with the next commit, and hands over once that is durable. */
  settleOnCommit(settlement: Settlement): void {
    const { scope } = this;
    const { run } = scope;
    let completion: Completion | null = null;
    // What a function asked for before it ended is recorded with what stays of it: whoever enters it again finds it.
    const forget = scope.onClose(() => {
      if (!scope.left) this.#write(settlement);
    });
    const record = (): void => {
      forget();
      completion = this.#record(settlement);
    };
    run.outbox.onCommit(record, () => {
      if (completion !== null) run.turns.add(completion);
    });
    run.wakeup.notify();
  }

  /** What was to be committed is refused: the recorded result becomes this failure, in the same turn. */
  refuse(error: unknown): void {
    const { entry } = this.place;
    if (entry === null) return;
    const refused: Entry = { ...entry, status: "failed", result: this.scope.run.payloads.failure(error) };
    this.scope.run.journal.write(this.place, refused);
    this.#noteFailure(refused);
  }

  #record(settlement: Settlement): Completion | null {
    if (this.scope.closed) return null;
    const entry = this.#write(settlement);
    if (settlement.ephemeral !== true) this.scope.run.requireCommit();
    if (entry.status === "failed") this.#noteFailure(entry);
    return {
      sequence: entry.sequence,
      scope: this.scope,
      deliver: () => this.#deliver(this.place.entry ?? entry),
    };
  }

  #write(settlement: Settlement): Entry {
    const { run } = this.scope;
    const entry: Entry = {
      ...this.entry,
      dueAt: null,
      extra: null,
      ...settlement.change,
      status: settlement.status,
      result: settlement.result,
      sequence: run.journal.nextSequence(),
      settledAt: run.stamp(),
    };
    run.journal.write(this.place, entry);
    settlement.recorded?.();
    return entry;
  }

  /** Encodes a result and settles with it; a value that cannot be stored goes to `refused`. */
  settleWith(
    value: unknown,
    settlement: Omit<Settlement, "status" | "result">,
    refused: (error: unknown) => void,
  ): void {
    const { run } = this.scope;
    const what = `the result of ${this.kind} ${JSON.stringify(run.journal.format(this.place))}`;
    const done = (result: Uint8Array): void => this.settle({ ...settlement, status: "completed", result });
    let encoded: Uint8Array | Promise<Uint8Array>;
    try {
      encoded = run.payloads.encode(value, what);
    } catch (error) {
      refused(error);
      return;
    }
    if (!isPromise(encoded)) {
      done(encoded);
      return;
    }
    void run.inTurn(encoded).then(done, refused);
  }

  /** Records a failure. */
  fail(error: unknown, settlement: Omit<Settlement, "status" | "result"> = {}): void {
    this.settle({ ...settlement, status: "failed", result: this.scope.run.payloads.failure(error) });
  }

  #deliver(entry: Entry): void | Promise<void> {
    this.scope.time = Math.max(this.scope.time, entry.settledAt);
    this.scope.departing.delete(this.promise);
    this.promise.awaited = null;
    if (entry.status === "failed") {
      this.#fail(this.#failure(entry));
      return;
    }
    const value = this.#revive(entry);
    if (!isPromise(value)) {
      this.#resolve(value);
      return;
    }
    // Code that was left meanwhile does not go on.
    const handed = (hand: () => void): void => {
      if (!this.scope.closed) hand();
    };
    return value.then(
      (decoded) => handed(() => this.#resolve(decoded)),
      (error: unknown) => {
        if (CorruptionError.is(error) || StorageError.is(error)) throw error;
        handed(() => this.#fail(error));
      },
    );
  }

  #fail(error: unknown): void {
    this.promise.failing(error);
    this.#reject(error);
  }

  #failure({ result }: Entry): unknown {
    const error = decodeFailure(result ?? new Uint8Array(0));
    if (typeof error === "object" && error !== null) this.scope.run.origins.set(error, this.place);
    return error;
  }

  /**
   * A failure that nobody looks at until its function returns is an error of its own (block.ts), whether it was handed over by
   * then or not.
   */
  #noteFailure(entry: Entry): void {
    if (!this.promise.seen) this.#expectLook(this.promise, () => this.#failure(entry));
  }

  failedUnseen(promise: WatchedPromise<unknown>, error: unknown): void {
    this.#expectLook(promise, () => error);
  }

  #expectLook(promise: WatchedPromise<unknown>, failure: () => unknown): void {
    const { unseenFailures } = this.scope;
    unseenFailures.set(this.place, failure);
    promise.onLook = () => unseenFailures.delete(this.place);
  }
}
