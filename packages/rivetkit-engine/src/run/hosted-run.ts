import { HistoryDivergedError, type WorkflowContext, type WorkflowEvent } from "holdfast";
import { type EngineSettings, LiveRun, type RunResult } from "holdfast/embedding";
import { WorkflowContextImpl } from "../context/context.ts";
import { RunLink } from "../context/run-link.ts";
import type { HostedDriver } from "../driver/hosted-driver.ts";
import { ANY_NAME } from "../driver/message-ledger.ts";
import { RUN_ID } from "../driver/run-id.ts";
import { EvictedError } from "../errors/classes.ts";
import { errorLabel } from "../errors/error-info.ts";
import { hostedError } from "../errors/translate.ts";
import { snapshotOf } from "../history/journal-view.ts";
import type { EngineDriver as HostDriver } from "../model/driver.ts";
import type { RunWorkflowOptions, WorkflowFunction, WorkflowResult } from "../model/run.ts";
import type { WorkflowOutcome } from "../model/telemetry.ts";
import { errorReporter } from "./error-reports.ts";
import { prepareRun } from "./prepare.ts";
import { hostedSettings } from "./settings.ts";

/** What a run is started with. */
export interface HostedRunSetup<Input, Output> {
  readonly workflowId: string;
  readonly workflow: WorkflowFunction<Input, Output>;
  readonly input: Input;
  readonly host: HostDriver;
  readonly driver: HostedDriver;
  readonly options: RunWorkflowOptions;
}

type Parked = Pick<WorkflowResult, "sleepUntil" | "waitingForMessages">;

/**
 * One call of `runWorkflow`: a run of the engine on a host's driver, from its preparation to where it stops here.
 *
 * Owns: when a parked run is left (yield mode), what its result says, spans and snapshots.
 * Invariants: the result tells how the run stood when it stopped here.
 */
export class HostedRun<Input, Output> {
  readonly settings: EngineSettings;
  readonly result: Promise<WorkflowResult<Output>>;
  readonly #setup: HostedRunSetup<Input, Output>;
  readonly #link: RunLink;
  readonly #live: LiveRun;
  readonly #ready: Promise<void>;
  /** How the run is parked; null while it is at work. */
  #parked: Parked | null = null;
  /** When retries are due: RivetKit waits for none in memory. */
  readonly #retries: Set<number> = new Set();
  #thrown: { readonly error: unknown } | null = null;

  constructor(setup: HostedRunSetup<Input, Output>) {
    const { workflowId, driver, options } = setup;
    this.#setup = setup;
    this.#link = new RunLink(workflowId, (ids) => driver.messages.release(ids));
    const { logger } = options;
    const onError = errorReporter(this.#link, options.onError, logger);
    const observer = (event: WorkflowEvent): void => this.#observe(event);
    this.settings = hostedSettings({ logger, observer, onError });
    this.#live = new LiveRun({
      settings: this.settings,
      workflowId: RUN_ID,
      definition: { name: "workflow", run: (inner, given) => this.#body(inner, given as Input) },
      input: setup.input,
      driver,
      mode: "live",
      idle: true,
      hosted: {
        reopens: true,
        recordsIterations: true,
        parksOnRetry: options.mode !== "live",
        opened: (journal) => {
          this.#link.journal = journal;
        },
      },
    });
    this.#ready = this.#prepare();
    this.result = this.#run();
    // Whoever looks at the result gets the rejection; nobody else must be ended by it.
    this.result.catch(() => {});
  }

  /** Resolves when the run has been taken over and may be looked at; rejects when it cannot be. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  get live(): LiveRun {
    return this.#live;
  }

  evict(): void {
    this.#link.evicting.abort(new EvictedError());
    void this.#ready.then(
      () => this.#live.evict("drain"),
      () => {},
    );
  }

  async #prepare(): Promise<void> {
    const { host, driver } = this.#setup;
    await prepareRun(host, { driver, settings: this.settings });
    this.#link.span = (await host.telemetry?.startSpan()) ?? null;
  }

  async #run(): Promise<WorkflowResult<Output>> {
    try {
      await this.#ready;
      const result = this.#link.evicting.signal.aborted
        ? this.#stopped("evicted")
        : this.#resultOf(await this.#live.proceed());
      await this.#finish(outcomeOf(result, this.#link.evicting.signal));
      return result;
    } catch (error) {
      await this.#finish("failed");
      throw this.#rejection(error);
    }
  }

  async #finish(outcome: WorkflowOutcome): Promise<void> {
    this.#link.running.end();
    await this.#link.span?.finish(outcome);
  }

  async #body(inner: WorkflowContext, input: Input): Promise<Output> {
    const ctx = new WorkflowContextImpl(inner, this.#link);
    const body = async (): Promise<Output> => this.#setup.workflow(ctx, input);
    try {
      return await (this.#link.span === null ? body() : this.#link.span.run(body));
    } catch (error) {
      this.#thrown = { error };
      throw error;
    }
  }

  #observe(event: WorkflowEvent): void {
    if (event.type === "commit") this.#showHistory();
    if (event.type === "step-started" || event.type === "message-in") this.#parked = null;
    if (event.type === "step-failed" && event.retryAt !== null) this.#retries.add(event.retryAt);
    if (event.type !== "run-parked") return;
    const { wakeAt, wants } = event;
    this.#parked = parkedAs(wakeAt, wants);
    const stays = this.#setup.options.mode === "live" || this.#isShort(wakeAt, wants);
    if (!stays || this.#link.evicting.signal.aborted) void this.#live.evict();
  }

  /** Sleeps that end before the host would look again are waited for in memory. */
  #isShort(wakeAt: number | null, wants: readonly string[] | null): boolean {
    if (wakeAt === null || wants !== null || this.#retries.has(wakeAt)) return false;
    return wakeAt - this.settings.world.clock.now() < this.#setup.host.workerPollInterval;
  }

  #showHistory(): void {
    const { onHistoryUpdated, logger } = this.#setup.options;
    const { journal } = this.#link;
    if (onHistoryUpdated === undefined || journal === null) return;
    try {
      onHistoryUpdated(snapshotOf(journal));
    } catch (error) {
      logger?.error({ error }, "onHistoryUpdated threw");
    }
  }

  #resultOf(result: RunResult<unknown>): WorkflowResult<Output> {
    if (result.state === "completed") return { state: "completed", output: result.output as Output };
    return this.#stopped(result.state);
  }

  #stopped(state: RunResult<unknown>["state"]): WorkflowResult<Output> {
    if (this.#parked !== null) return { state: "sleeping", ...this.#parked };
    return { state: state === "evicted" ? "running" : (state as "cancelled") };
  }

  /** The error itself that the workflow threw, where it is still at hand; else what is stored of it. */
  #rejection(error: unknown): unknown {
    const thrown = this.#thrown?.error;
    if (thrown !== undefined) {
      if (errorLabel(thrown) === errorLabel(error)) return thrown;
      // Code that threw before it had asked for all that is recorded: its own error says more.
      if (HistoryDivergedError.is(error)) return thrown;
    }
    return hostedError(error);
  }
}

function parkedAs(wakeAt: number | null, wants: readonly string[] | null): Parked {
  return {
    ...(wakeAt === null ? {} : { sleepUntil: wakeAt }),
    ...(wants === null ? {} : { waitingForMessages: wants.filter((name) => name !== ANY_NAME) }),
  };
}

function outcomeOf(result: WorkflowResult, evicting: AbortSignal): WorkflowOutcome {
  if (result.state === "completed" || result.state === "cancelled") return result.state;
  return evicting.aborted ? "evicted" : "sleeping";
}
