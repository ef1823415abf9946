import type { Journal } from "../../history/journal.ts";
import type { Place } from "../../history/place.ts";
import { Seeds } from "../../history/seeds.ts";
import type { World } from "../../model/clock.ts";
import { NondeterminismError } from "../../model/errors/argument-errors.ts";
import type { HistoryDivergedError } from "../../model/errors/history-errors.ts";
import type { Limits } from "../../model/limits.ts";
import { SeldomMap } from "../../model/seldom.ts";
import type { WorkflowDefinition } from "../../model/workflow.ts";
import type { DriverLimits } from "../../storage/records.ts";
import { contextOf } from "../context.ts";
import { Bodies } from "../effects/bodies.ts";
import { Mailbox } from "../effects/mailbox.ts";
import { Timers } from "../effects/timers.ts";
import type { Outcome } from "../replay/block.ts";
import type { Owed } from "../replay/owed.ts";
import type { Payloads } from "../replay/payloads.ts";
import { resultsOwed } from "../replay/recorded-order.ts";
import type { Report } from "../replay/report.ts";
import { returned } from "../replay/returned.ts";
import type { ArmedStep, AskedKind, Run } from "../replay/run.ts";
import { Scope } from "../replay/scope.ts";
import { Turns } from "../replay/turns.ts";
import { VersionGates } from "../replay/version-gates.ts";
import type { Wakeup } from "../replay/wakeup.ts";
import type { Control } from "./control.ts";
import { Outbox } from "./outbox.ts";
import { Room } from "./room.ts";
import { TurnWork } from "./turn-work.ts";
import { isUndoingDecided } from "./undoing.ts";

/** What an execution is made of. */
export interface ExecutionSetup {
  readonly workflowId: string;
  readonly definition: WorkflowDefinition;
  readonly journal: Journal;
  readonly world: World;
  readonly limits: Limits;
  readonly payloads: Payloads;
  readonly report: Report;
  readonly strict: boolean;
  readonly recordsIterations?: boolean;
  readonly parksOnRetry?: boolean;
  readonly isOver?: boolean;
  readonly wakeup: Wakeup;
  readonly rollingBack: boolean;
  /** Bytes of one value that the storage takes, beside what an entry has besides. */
  readonly valueBytes: number;
  /** What the storage takes at once. */
  readonly driverLimits: DriverLimits;
  /** The storage's clock: milliseconds since the epoch. */
  readonly now: () => number;
  /** Called when code goes on that waited for a promise of its own. */
  readonly stirred: () => void;
}

/** Consuming a message takes four rows of a key-value namespace at most; there is to be room for as much again. */
const ROWS_OF_A_MESSAGE = 8;

/**
 * One invocation of a workflow function over its journal.
 *
 * Owns: the root scope, and the state that primitives share.
 * Does not own: when the function is handed what (forward.ts, rollback.ts), commits (committer.ts).
 */
export class Execution implements Run {
  readonly workflowId: string;
  readonly definition: WorkflowDefinition;
  readonly journal: Journal;
  readonly world: World;
  readonly limits: Limits;
  readonly payloads: Payloads;
  readonly report: Report;
  readonly strict: boolean;
  readonly recordsIterations: boolean;
  readonly parksOnRetry: boolean;
  readonly wakeup: Wakeup;
  readonly rollingBack: boolean;
  readonly arms: boolean;
  readonly turns: Turns = new Turns();
  readonly timers: Timers;
  readonly bodies: Bodies = new Bodies();
  readonly mailbox: Mailbox;
  readonly outbox: Outbox = new Outbox();
  readonly room: Room;
  readonly asked: SeldomMap<Place, AskedKind> = new SeldomMap();
  readonly handlers: SeldomMap<Place, ArmedStep> = new SeldomMap();
  readonly gates: VersionGates;
  readonly root: Scope;
  live = false;
  evicted = false;
  /** How the function ended, once it has. */
  outcome: Outcome | null = null;
  divergence: HistoryDivergedError | null = null;
  /** What failed beneath the code, so that the pass cannot go on. */
  breakdown: { readonly error: unknown } | null = null;
  commitRequired = false;
  #origins: WeakMap<object, Place> | null = null;
  #seeds: Seeds | null = null;
  #results: Owed | null = null;
  readonly #starts: (() => void)[] = [];
  #holds = 0;
  readonly #turnWork: TurnWork = new TurnWork(() => this.breath());
  #reportedForeign = false;
  readonly #stirred: () => void;
  /** Code ran outside a turn: something that the engine does not own called it. */
  #foreign = false;

  constructor(setup: ExecutionSetup) {
    this.workflowId = setup.workflowId;
    this.definition = setup.definition;
    this.journal = setup.journal;
    this.world = setup.world;
    this.limits = setup.limits;
    this.payloads = setup.payloads;
    this.report = setup.report;
    this.strict = setup.strict;
    this.recordsIterations = setup.recordsIterations ?? false;
    this.parksOnRetry = setup.parksOnRetry ?? false;
    this.wakeup = setup.wakeup;
    this.rollingBack = setup.rollingBack;
    this.#stirred = setup.stirred;
    this.gates = new VersionGates(this.asked, setup.isOver ?? false);
    this.arms = !setup.rollingBack || !isUndoingDecided(setup.journal);
    this.timers = new Timers(setup.world.clock, setup.now);
    this.room = new Room({ ...setup, limits: setup.driverLimits, outbox: this.outbox });
    this.mailbox = new Mailbox({
      admission: this,
      clock: setup.world.clock,
      room: { bytes: setup.valueBytes, messages: setup.driverLimits.batchRows / ROWS_OF_A_MESSAGE },
      now: () => this.timers.now(),
      expired: (message) => {
        this.outbox.consume(message.id);
        this.report.event({ type: "message-expired", name: message.name, messageId: message.id });
      },
    });
    this.root = Scope.root(this, contextOf);
    // A run without any history is new, and so is everything it does.
    this.live = !setup.rollingBack && !this.journal.root.recorded;
  }

  get seeds(): Seeds {
    this.#seeds ??= new Seeds(this.journal);
    return this.#seeds;
  }

  /** Made for the first failure: weak maps cost every collection something, and most runs need none. */
  get origins(): WeakMap<object, Place> {
    this.#origins ??= new WeakMap();
    return this.#origins;
  }

  /** Calls the workflow function. */
  start(input: unknown): void {
    this.turns.open = true;
    void this.#invoke(input).then((outcome) => {
      this.outcome = outcome;
      this.wakeup.notify();
      if (!this.turns.open) this.#stirred();
    });
  }

  async #invoke(input: unknown): Promise<Outcome> {
    try {
      const running = { owner: this, scope: this.root };
      const value = this.world.code.run(running, () => this.definition.run(this.root.context, input));
      return { ok: true, value: await returned(value, () => "output") };
    } catch (error) {
      return { ok: false, error };
    }
  }

  /** Whether workflow code may be running; else there is nothing whose end `endOfTurn` would wait for. */
  get stirring(): boolean {
    return this.turns.open || this.#turnWork.running || this.#foreign;
  }

  /**
   * Resolves when the code waits again: all microtasks are drained, and no codec is at work for it. False: it does not, and
   * is not to be waited for any longer.
   */
  async endOfTurn(control: Pick<Control, "hurried" | "patience">): Promise<boolean> {
    this.#foreign = false;
    let ended = true;
    while (ended) {
      await this.breath();
      if (!this.#turnWork.running || this.breakdown !== null) break;
      ended = !control.hurried && (await control.patience.wait(this.#turnWork.end())) !== null;
    }
    this.turns.open = false;
    return ended;
  }

  breath(): Promise<void> {
    return new Promise((resolve) => this.world.scheduler.afterMicrotasks(resolve));
  }

  inTurn<Value>(work: Promise<Value>): Promise<Value> {
    return this.#turnWork.add(work);
  }

  /**
   * What comes before the next completion by the record, and was not asked for yet. Code that waits at a version gate is older
   * or newer than the record, and is told which before it asks for more.
   */
  get unaskedBeforeNext(): Place | undefined {
    if (this.live || this.gates.waiting) return undefined;
    const { ahead, current } = this.turns;
    if (ahead === null || ahead <= current + 1) return undefined;
    this.#results ??= resultsOwed(this.journal.root, this.asked, this.rollingBack);
    return this.#results.by(ahead - 1);
  }

  /** Hands over the next completion; false when there is none, a promise while a codec is at work for it. */
  handOver(): boolean | Promise<void> {
    const completion = this.turns.next();
    if (completion === undefined) return false;
    this.turns.current = Math.max(this.turns.current, completion.sequence);
    this.turns.open = true;
    return completion.deliver() ?? true;
  }

  whenLive(start: () => void): void {
    if (this.live) start();
    else this.#starts.push(start);
  }

  /** Whether the code waits for something that only starts when the replay has ended. */
  get waitsForLive(): boolean {
    return this.#starts.length > 0 || this.gates.waiting;
  }

  /** The replay has ended: everything asked for and not recorded may start. */
  goLive(): void {
    this.live = true;
    this.asked.clear();
    for (const start of this.#starts.splice(0)) start();
  }

  stamp(): number {
    this.journal.lastTime = Math.max(this.journal.lastTime, this.timers.now());
    return this.journal.lastTime;
  }

  requireCommit(): void {
    this.commitRequired = true;
  }

  /** Whether something was done here that no commit has: with the pass it would be lost, and done again. */
  get owesCommit(): boolean {
    return this.commitRequired || (this.live && this.journal.isDirty);
  }

  hold(): () => void {
    this.#holds += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      this.wakeup.notify();
    };
  }

  /** Whether something is at work that ends by itself. */
  get busy(): boolean {
    return this.#holds > 0 || this.bodies.running > 0;
  }

  reportForeign(name: string): void {
    this.#foreign = true;
    this.wakeup.notify();
    const error = new NondeterminismError(
      `Operation "${name}" of run "${this.workflowId}" was started from a promise that the engine does not own (a timer, a fetch, another library). Replay cannot repeat when that happens: await side effects inside ctx.step only.`,
    );
    if (this.strict) throw error;
    this.#stirred();
    if (this.#reportedForeign) return;
    this.#reportedForeign = true;
    this.report.warn(error.message, { operation: name, stack: error.stack });
    this.report.event({ type: "nondeterminism", name, error });
  }

  diverge(error: HistoryDivergedError): void {
    this.divergence ??= error;
    this.wakeup.notify();
  }

  breakDown(error: unknown): void {
    this.breakdown ??= { error };
    this.#turnWork.wake();
    this.wakeup.notify();
  }

  /** Leaves everything behind: nothing starts any more, bodies are told by their signals. */
  leave(reason: unknown): void {
    this.evicted = true;
    this.mailbox.close();
    this.root.close(reason);
  }
}
