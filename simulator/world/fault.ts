/**
 * What goes wrong with one call of the store. The letters are those of the reliability plan.
 *
 * - `crash-before` (F1), `crash-after` (F2): the process dies before or after the call is applied.
 * - `crash-late` (F5): the process dies, and the call is applied later.
 * - `not-applied` (F3): an error that says so truthfully.
 * - `answer-lost` (F4): applied; the caller is told that nobody knows.
 * - `late` (F5): the caller is told that nobody knows; applied up to some calls later.
 * - `slow` (F6): applied at once, answered after longer than a lease.
 * - `duplicate` (F7): delivered twice, as by a proxy that tries again.
 * - `serialization` (F8), `disk-full` (F10), `pool-exhausted` (F15): refused by the storage, not applied.
 * - `connection-lost` (F11): everything in flight of this process becomes unknown.
 */
export const CALL_FAULTS = [
  "crash-before",
  "crash-after",
  "crash-late",
  "not-applied",
  "answer-lost",
  "late",
  "slow",
  "duplicate",
  "serialization",
  "disk-full",
  "connection-lost",
  "pool-exhausted",
] as const;

export type CallFault = (typeof CALL_FAULTS)[number];

/** What goes wrong with hints (F13): they are lost, come late, or come for nothing. */
export const HINT_FAULTS = ["hint-lost", "hint-late", "hint-false"] as const;

type HintFault = (typeof HINT_FAULTS)[number];

export type FaultName = CallFault | HintFault | "corruption";

/** Of those, the ones after which a call may be applied when its process has died, or has heard that nobody knows. */
export const LATE_FAULTS: ReadonlySet<string> = new Set<CallFault>(["late", "crash-late", "connection-lost"]);

/** How often each goes wrong, from 0 to 1 per call; those that are absent never do. */
export type FaultRates = Readonly<Partial<Record<FaultName, number>>>;

/** A fault of one call: of the `call`-th call of a process to the store (from 1), counted over its restarts. */
export interface PlannedFault {
  readonly process: string;
  readonly call: number;
  readonly fault: CallFault;
}
