import type { Journal } from "../../history/journal.ts";
import { checkBoolean, checkMethods } from "../../model/check.ts";
import { RunEvictedError, RunNotFoundError, RunStateError } from "../../model/errors/run-errors.ts";
import { checkGiven, checkOptions } from "../../model/option-names.ts";
import { isTerminal, type RunState } from "../../model/run.ts";
import type { HistorySnapshot } from "../../model/snapshot.ts";
import type { EngineDriver } from "../../storage/driver.ts";
import { DRIVER_METHODS } from "../../storage/port-methods.ts";
import type { NewMessage } from "../../storage/records.ts";
import { SerialSection } from "../../storage/serial-section.ts";
import { typedDriver } from "../../storage/typed-storage.ts";
import { newMessage } from "../effects/outgoing-message.ts";
import { cancelRun } from "../operators/cancel.ts";
import { forkRun } from "../operators/fork.ts";
import { Operator, type OperatorWork } from "../operators/operator.ts";
import { pauseRun, resumeRun } from "../operators/pause.ts";
import { recoverRun } from "../operators/recover.ts";
import { forgetFrom, rewindRun } from "../operators/rewind.ts";
import { newJournal, openPass, unbornJournal } from "../pass/open-pass.ts";
import type { CancelOutcome, PassOutcome } from "../pass/outcome.ts";
import type { PassClaim } from "../pass/pass-settings.ts";
import type { RunPass } from "../pass/run-pass.ts";
import { betweenPasses, goesOn, type Meet, type Passing, settled } from "./between-passes.ts";
import { DriverReader } from "./driver-reader.ts";
import { GivenInput } from "./given-input.ts";
import { CANCEL_OPTIONS, DRIVER_FORK_OPTIONS, REWIND_OPTIONS } from "./handle-option-names.ts";
import { LiveRequests } from "./live-requests.ts";
import type { LiveRunSetup } from "./live-run-setup.ts";
import { resultOf } from "./result-of.ts";
import type { RequestOptions, RunHandle, RunResult, SendOptions } from "./run-handle.ts";
import { SnapshotFeed } from "./snapshot-feed.ts";

/**
 * A run on a bare driver, and its handle.
 *
 * Owns: passes one after the other, and what is asked of the run from outside: of the pass while one runs, else of the
 * storage.
 * Invariants: a bare driver has no claims that would keep passes and operators apart, so they take turns here.
 */
export class LiveRun implements RunHandle<unknown> {
  readonly workflowId: string;
  readonly #setup: LiveRunSetup;
  readonly #claim: PassClaim;
  readonly #feed: SnapshotFeed = new SnapshotFeed();
  readonly #requests: LiveRequests;
  readonly #input: GivenInput;
  readonly #reader: DriverReader;
  readonly #turns: SerialSection = new SerialSection();
  /** How the last pass ended, and what is told of that. */
  #outcome: Promise<PassOutcome> = Promise.resolve({ state: "evicted" });
  #result: Promise<RunResult<unknown>> = Promise.resolve({ state: "evicted" });
  /** The pass that waits for its turn, is being opened or runs; null when none does. */
  #active: Promise<RunPass | null> | null = null;

  constructor(setup: LiveRunSetup) {
    this.workflowId = setup.workflowId;
    const driver = typedDriver(setup.driver);
    this.#setup = { ...setup, driver };
    this.#claim = { driver, epoch: 0, now: () => setup.settings.world.clock.now() };
    this.#input = new GivenInput(setup.settings, setup.definition, setup.input);
    this.#reader = new DriverReader(this.#setup);
    this.#requests = new LiveRequests({
      workflowId: this.workflowId,
      settings: setup.settings,
      draft: (name, body, options) => this.#draft(name, body, { options, completable: true }),
      queue: (message) => this.#queue(message),
      journal: () => this.#reader.find(),
      runs: () => this.#active !== null,
    });
    if (setup.idle !== true) this.#begin();
  }

  get result(): Promise<RunResult<unknown>> {
    return this.#result;
  }

  /** Whether a pass waits for its turn, is being opened or runs. */
  get runs(): boolean {
    return this.#active !== null;
  }

  /** Starts a pass unless one runs, and gives its result. */
  proceed(): Promise<RunResult<unknown>> {
    this.#begin();
    return this.#result;
  }

  /** Starts the next pass, unless somebody else has started one meanwhile: two would run the same bodies. */
  #begin(): void {
    if (this.#active !== null) return;
    const opening = Promise.withResolvers<RunPass | null>();
    this.#active = opening.promise;
    this.#outcome = this.#turns.run(() => this.#run(opening.resolve));
    this.#result = this.#outcome.then((outcome) => resultOf(outcome, this.#setup.settings.codec));
    // Whoever looks at the result gets the rejection; nobody else must be ended by it.
    this.#result.catch(() => {});
  }

  async #run(opened: (pass: RunPass | null) => void): Promise<PassOutcome> {
    try {
      const opening = await this.#open();
      opened("pass" in opening ? opening.pass : null);
      return "pass" in opening ? await this.#pursue(opening.pass) : opening.outcome;
    } finally {
      opened(null);
      this.#active = null;
      this.#feed.end();
      this.#requests.passEnded();
    }
  }

  #open(): ReturnType<typeof openPass> {
    const { settings, definition } = this.#setup;
    return openPass({
      ...settings,
      ...this.#setup.hosted,
      workflowId: this.workflowId,
      definition,
      claim: this.#claim,
      create: async () => (this.#setup.creates === false ? null : this.#input.forPass(this.#newJournal())),
      onHistoryUpdated: this.#feed.tee(settings.onHistoryUpdated),
      answered: (messageId, response) => this.#requests.answered(messageId, response),
    });
  }

  async #newJournal(): Promise<Journal> {
    const { settings, definition } = this.#setup;
    const input = await this.#input.validated();
    return newJournal(settings, this.workflowId, { definition, input });
  }

  async #pursue(pass: RunPass): Promise<PassOutcome> {
    for (;;) {
      const outcome = await pass.advance();
      const parked = outcome.state === "sleeping" || outcome.state === "rolling_back";
      if (!parked) return outcome;
      if (this.#setup.mode === "yield" || pass.drains) {
        pass.abandon(new RunEvictedError(this.workflowId));
        return outcome;
      }
      await pass.waitParked();
    }
  }

  /** The pass that runs, if one does. */
  readonly #current = (): Passing | null =>
    this.#active === null ? null : { opening: this.#active, ended: settled(this.#outcome) };

  /** Does something to the run when no pass runs it. */
  #operate<T>(work: OperatorWork<T>, meet: Meet<T>, unborn?: () => Journal | null): Promise<T> {
    const open = async (): Promise<Operator> =>
      Operator.open(this.#setup.settings, this.workflowId, this.#claim, unborn?.() ?? null);
    return betweenPasses(this.#current, meet, () => this.#turns.run(async () => work(await open())));
  }

  /** Has a pass follow what is done to the run. */
  #goingOn<T>(work: OperatorWork<T>): OperatorWork<T> {
    return async (operator) => {
      const done = await work(operator);
      this.#begin();
      return done;
    };
  }

  async #pass(): Promise<RunPass | null> {
    return this.#active;
  }

  async send(name: string, body?: unknown, options: SendOptions = {}): Promise<void> {
    await this.#queue(await this.#draft(name, body, { options, completable: false }));
  }

  message(name: string, body?: unknown, options: SendOptions = {}): Promise<void> {
    return this.send(name, body, options);
  }

  #draft(
    name: string,
    body: unknown,
    how: { options: SendOptions; completable: boolean },
  ): Promise<NewMessage> {
    const { settings, definition } = this.#setup;
    return newMessage(settings, () => definition, { to: this.workflowId, name, body, ...how });
  }

  async #queue(message: NewMessage): Promise<void> {
    await this.#setup.driver.enqueueMessage(message);
    (await this.#pass())?.hint();
  }

  /** Has `work` remove all that is stored, while nothing else is done to the run; whoever has asked it something is told. */
  async remove(work: () => Promise<void>): Promise<void> {
    this.#input.leave();
    const stop = (pass: RunPass): void => pass.stop("evict");
    await betweenPasses(this.#current, stop, () => this.#turns.run(work));
    this.#requests.refuseAll(new RunNotFoundError(this.workflowId));
  }

  request(name: string, body?: unknown, options: RequestOptions = {}): Promise<unknown> {
    return this.#requests.ask(name, body, options);
  }

  async wake(): Promise<void> {
    const pass = await this.#pass();
    if (pass !== null) {
      pass.hint();
      return;
    }
    const state = (await this.getState()) ?? "pending";
    if (!isTerminal(state)) this.#begin();
  }

  /** With `drain`, bodies that run are let end, and their results are kept. */
  async evict(how: "evict" | "drain" = "evict"): Promise<void> {
    this.#input.leave();
    const current = this.#current();
    (await current?.opening)?.stop(how);
    await current?.ended;
  }

  async cancel(options: { readonly compensate?: boolean } = {}): Promise<CancelOutcome> {
    checkOptions(options, "The options of cancel", CANCEL_OPTIONS);
    const { compensate = false } = options;
    checkBoolean(compensate, "compensate");
    this.#input.leave();
    const { settings, definition } = this.#setup;
    // A pass that was ending when it was told is followed by the next one, or by none.
    const meet: Meet<CancelOutcome> = async (pass, ended) => {
      const value = await Promise.race([pass.cancel(compensate), ended]);
      return value === undefined ? undefined : { value };
    };
    // A run whose input was never known is cancelled before it has begun.
    const unborn = (): Journal | null =>
      this.#input.unanswered ? unbornJournal(settings, this.workflowId, definition) : null;
    const cancel = this.#goingOn((operator) => cancelRun(operator, compensate));
    return this.#operate(cancel, meet, unborn);
  }

  async pause(): Promise<void> {
    this.#input.leave();
    await this.#operate(pauseRun, (pass) => pass.stop("pause"));
  }

  async resume(): Promise<void> {
    const resume = this.#goingOn(resumeRun);
    await this.#operate(resume, (pass) => (goesOn(pass) ? { value: undefined } : undefined));
  }

  async recover(): Promise<void> {
    await this.#operate(this.#goingOn(recoverRun), (pass) => {
      if (goesOn(pass))
        throw new RunStateError(this.workflowId, "running", "only a failed run can be recovered.");
    });
  }

  async rewind(options: { readonly to: string }): Promise<void> {
    checkGiven(options, "The options of rewind", REWIND_OPTIONS);
    // Tried on a copy first: a rewind that is refused stops nothing.
    forgetFrom(await this.#reader.journal(), options.to);
    this.#input.leave();
    try {
      const rewind: OperatorWork<void> = (operator) => rewindRun(operator, options.to);
      await this.#operate(rewind, (pass) => pass.stop("evict"));
    } finally {
      this.#begin();
    }
  }

  async fork(options: {
    readonly from: string;
    readonly workflowId: string;
    readonly driver: EngineDriver;
  }): Promise<void> {
    checkGiven(options, "The options of fork", DRIVER_FORK_OPTIONS);
    checkMethods(options.driver, "fork: driver", DRIVER_METHODS);
    const source = await this.#reader.journal();
    await forkRun(this.#setup.settings, source, { ...options, driver: typedDriver(options.driver) });
  }

  async getState(): Promise<RunState | null> {
    const pass = await this.#pass();
    const stored = (await this.#reader.find())?.header.status ?? null;
    const begun = stored === null || stored === "pending";
    return begun && pass !== null ? "running" : stored;
  }

  getOutput(): Promise<unknown> {
    return this.#reader.output();
  }

  getError(): Promise<unknown> {
    return this.#reader.error();
  }

  history(): Promise<HistorySnapshot> {
    return this.#reader.history();
  }

  watch(): AsyncIterable<HistorySnapshot> {
    return this.#feed.watch(
      () => this.history(),
      () => this.runs,
    );
  }
}
