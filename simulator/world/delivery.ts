import { StorageError } from "#holdfast/model/errors/storage-errors.ts";
import type { Prng } from "../random/prng.ts";
import type { CallName } from "./call-name.ts";
import type { CallFault } from "./fault.ts";

/** One call that has reached the storage. */
export interface Flight<T> {
  readonly name: CallName;
  readonly random: Prng;
  /** Has the storage do it; time stands still meanwhile. */
  readonly apply: () => Promise<T>;
  /** The answer sets out, once; by default it takes the usual time. */
  readonly answer: (settle: () => void, afterMs?: number) => void;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
  /** The process that called dies. */
  readonly crash: () => void;
  /** Everything of the process that is in flight becomes unknown, this call included. */
  readonly disconnect: (error: StorageError) => void;
  /** Calls back up to so long later. */
  readonly later: (withinMs: number, act: () => void) => void;
  readonly slowMs: number;
}

/** How long after its sender gave up a late call is applied, at most. */
const LATE_MS = 2_000;

const READS: ReadonlySet<CallName> = new Set([
  "get",
  "list",
  "response",
  "statistics",
  "load",
  "rows",
  "applied",
  "peek",
]);

/** What each fault makes of a call. */
const DELIVERIES: { readonly [F in CallFault]: (flight: Flight<unknown>) => void } = {
  // Dealt with on the way: it never arrives.
  "crash-before": () => {},
  "crash-after": ({ apply, crash }) => void apply().then(crash, crash),
  "crash-late": (flight) => {
    applyLater(flight);
    flight.crash();
  },
  "not-applied": (flight) => refuse(flight, "not-applied"),
  serialization: (flight) => refuse(flight, "serialization"),
  "disk-full": (flight) => refuse(flight, "disk-full"),
  "pool-exhausted": (flight) => refuse(flight, "pool-exhausted"),
  "answer-lost": (flight) => {
    const lose = (): void => flight.answer(() => flight.reject(unknown("answer-lost", flight.name)));
    void flight.apply().then(lose, lose);
  },
  late: (flight) => {
    if (!READS.has(flight.name)) applyLater(flight);
    flight.answer(() => flight.reject(unknown("late", flight.name)));
  },
  slow: (flight) => tell(flight, flight.apply(), flight.slowMs),
  duplicate: (flight) => tell(flight, twice(flight)),
  "connection-lost": (flight) => {
    void flight.apply().catch(() => {});
    flight.disconnect(unknown("connection-lost", flight.name));
  },
};

/** The call arrives, with what goes wrong with it. */
export function deliver<T>(flight: Flight<T>, fault: CallFault | undefined): void {
  if (fault === undefined) tell(flight, flight.apply());
  else DELIVERIES[fault](flight as Flight<unknown>);
}

function tell<T>({ answer, resolve, reject }: Flight<T>, work: Promise<T>, afterMs?: number): void {
  void work.then(
    (value) => answer(() => resolve(value), afterMs),
    (error: unknown) => answer(() => reject(error), afterMs),
  );
}

function applyLater({ later, apply }: Flight<unknown>): void {
  later(LATE_MS, () => void apply().catch(() => {}));
}

/** Delivered a second time, at once; which answer arrives is a matter of luck. */
async function twice<T>({ apply, random }: Flight<T>): Promise<T> {
  const outcomes = [await outcomeOf(apply()), await outcomeOf(apply())];
  return random.pick(outcomes)();
}

function outcomeOf<T>(work: Promise<T>): Promise<() => T> {
  return work.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
}

function refuse({ answer, reject, name }: Flight<unknown>, fault: CallFault): void {
  const error = new StorageError(`injected: ${fault} at ${name}`, {
    outcome: "not-applied",
    retryable: true,
  });
  answer(() => reject(error));
}

function unknown(fault: CallFault, name: CallName): StorageError {
  return new StorageError(`injected: ${fault} at ${name}`, { outcome: "unknown", retryable: true });
}
