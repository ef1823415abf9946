import type { EntryKind } from "../../history/entry.ts";
import type { Journal } from "../../history/journal.ts";
import type { Place } from "../../history/place.ts";
import type { Seeds } from "../../history/seeds.ts";
import type { World } from "../../model/clock.ts";
import type { HistoryDivergedError } from "../../model/errors/history-errors.ts";
import type { Limits } from "../../model/limits.ts";
import type { RetryPolicy } from "../../model/retry-policy.ts";
import type { SeldomMap } from "../../model/seldom.ts";
import type { RollbackContext } from "../../model/step-options.ts";
import type { WorkflowDefinition } from "../../model/workflow.ts";
import type { Bodies } from "../effects/bodies.ts";
import type { Mailbox } from "../effects/mailbox.ts";
import type { Timers } from "../effects/timers.ts";
import type { Outbox } from "../pass/outbox.ts";
import type { Room } from "../pass/room.ts";
import type { Payloads } from "./payloads.ts";
import type { Report } from "./report.ts";
import type { Turns } from "./turns.ts";
import type { VersionGates } from "./version-gates.ts";
import type { Wakeup } from "./wakeup.ts";

/**
 * What scopes and primitives may use of a pass. The pass itself (run-pass.ts) decides when things happen; this is
 * where primitives say what shall.
 */
export interface Run {
  readonly workflowId: string;
  readonly definition: WorkflowDefinition;
  readonly journal: Journal;
  readonly world: World;
  readonly limits: Limits;
  readonly payloads: Payloads;
  readonly report: Report;
  readonly turns: Turns;
  /** What random numbers are drawn from. */
  readonly seeds: Seeds;
  readonly timers: Timers;
  readonly bodies: Bodies;
  readonly mailbox: Mailbox;
  readonly outbox: Outbox;
  readonly room: Room;
  readonly wakeup: Wakeup;
  /** Which place an error that was handed to workflow code came from. */
  readonly origins: WeakMap<object, Place>;
  /** Places that the code has asked for in this replay, and as what; empty and unused once live. */
  readonly asked: SeldomMap<Place, AskedKind>;
  /** Handlers of committed steps, collected while rolling back. */
  readonly handlers: SeldomMap<Place, ArmedStep>;
  /** Version gates that wait for the end of the replay. */
  readonly gates: VersionGates;
  /** Whether the history has been replayed to its end, so that new things may start (P6). */
  readonly live: boolean;
  /** Whether this pass only collects rollback handlers: recorded completions, nothing new. */
  readonly rollingBack: boolean;
  /** Whether handlers that the code has gained count: until it is decided what a rollback undoes. */
  readonly arms: boolean;
  /** Whether this process is giving the run up. */
  readonly evicted: boolean;
  readonly strict: boolean;
  /** Whether loops record their state with every iteration. */
  readonly recordsIterations: boolean;
  /** Whether a failed attempt ends the pass. */
  readonly parksOnRetry: boolean;
  /** Runs `start` now when live, else when the replay has ended. */
  whenLive(start: () => void): void;
  /** A time that is never before one that workflow code has seen. */
  stamp(): number;
  /** What is dirty must be stored before the next body starts (ARCHITECTURE 3). */
  requireCommit(): void;
  /** Keeps the pass from parking until the returned function is called. */
  hold(): () => void;
  /**
   * The turn does not end before this settles: a codec is at work for code that waits. It is given to the code behind what was asked
   * for before.
   */
  inTurn<Value>(work: Promise<Value>): Promise<Value>;
  /** Lets everything else in the process have its turn. */
  breath(): Promise<void>;
  /** An operation was started outside a turn. */
  reportForeign(name: string): void;
  /** The code does not fit the history: the run is going to be paused. */
  diverge(error: HistoryDivergedError): void;
  /** The storage or the codec failed beneath the code: the pass ends, and no code is told (P11). */
  breakDown(error: unknown): void;
}

/** What a place was asked for as; `scope` for places that only hold others. */
export type AskedKind = EntryKind | "removed" | "scope";

/** A committed step and what undoes it. */
export interface ArmedStep {
  readonly name: string;
  readonly run: (ctx: RollbackContext, result: unknown) => unknown;
  readonly policy: RetryPolicy;
  readonly timeoutMs: number;
}
