import { newMessage } from "../engine/effects/outgoing-message.ts";
import { CANCEL_OPTIONS, REQUEST_OPTIONS, REWIND_OPTIONS } from "../engine/live/handle-option-names.ts";
import type { RequestOptions, SendOptions } from "../engine/live/run-handle.ts";
import type { CancelOutcome } from "../engine/pass/outcome.ts";
import { checkBoolean, checkWorkflowId } from "../model/check.ts";
import { durationMs } from "../model/duration.ts";
import { checkGiven } from "../model/option-names.ts";
import type { RunState, TerminalState } from "../model/run.ts";
import type { HistorySnapshot } from "../model/snapshot.ts";
import type { WorkflowDefinition } from "../model/workflow.ts";
import type { NewMessage } from "../storage/records.ts";
import type { RunRecord } from "../storage/store.ts";
import { forkInStore } from "./fork-run.ts";
import type { LocalRuns } from "./local-runs.ts";
import { FORK_OPTIONS } from "./option-names.ts";
import type { ResultOptions } from "./result-options.ts";
import { answerOfRun } from "./run-answer.ts";
import { RunControl } from "./run-control.ts";
import { RunReader } from "./run-reader.ts";
import { endOf, type RunEnd, resultOfRun } from "./run-result.ts";
import type { StoreSession } from "./store-session.ts";
import { watchRun } from "./watch-run.ts";
import type { WorkflowHandle } from "./workflow-handle.ts";

/** What handles of one host or client share. */
export interface HandleNeighbours {
  readonly session: StoreSession;
  readonly local: LocalRuns;
  /** The workflow that is known under this name, null when none is; null for who knows none at all. */
  readonly definitionOf: ((workflowName: string) => WorkflowDefinition | null) | null;
  /** Resolves when the message is durable. */
  readonly send: (workflowId: string, message: NewMessage) => Promise<void>;
}

const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;

/**
 * A run in a store, as its handle shows it.
 *
 * Owns: which part of this folder does what.
 */
export class StoredRun implements WorkflowHandle {
  readonly workflowId: string;
  readonly #with: HandleNeighbours;
  readonly #reader: RunReader;
  readonly #control: RunControl;
  /** Undefined: the handle was asked for by the id alone, so it is the workflow of the run that has the id at the time. */
  readonly #definition: WorkflowDefinition | undefined;

  /** @throws InvalidArgumentError, LimitError */
  constructor(neighbours: HandleNeighbours, workflowId: string, definition?: WorkflowDefinition) {
    const { session, local } = neighbours;
    checkWorkflowId(workflowId, session.settings.limits);
    this.workflowId = workflowId;
    this.#with = neighbours;
    this.#reader = new RunReader(session, workflowId);
    this.#control = new RunControl(session, this.#reader, local);
    this.#definition = definition;
  }

  result(options: ResultOptions = {}): Promise<unknown> {
    const { session, local } = this.#with;
    return resultOfRun(session, { reader: this.#reader, local }, options);
  }

  async send(name: string, body?: unknown, options: SendOptions = {}): Promise<void> {
    const message = await this.#message(name, body, { options, completable: false });
    await this.#with.send(this.workflowId, message);
  }

  message(name: string, body?: unknown, options: SendOptions = {}): Promise<void> {
    return this.send(name, body, options);
  }

  async request(name: string, body?: unknown, options: RequestOptions = {}): Promise<unknown> {
    checkGiven(options, "The options of request", REQUEST_OPTIONS);
    const timeoutMs = durationMs(options.timeout ?? DEFAULT_REQUEST_TIMEOUT_MS, "timeout");
    const message = await this.#message(name, body, { options, completable: true });
    await this.#with.send(this.workflowId, message);
    return answerOfRun(this.#with.session, this.#reader, { message, timeoutMs });
  }

  #message(
    name: string,
    body: unknown,
    how: { readonly options: SendOptions; readonly completable: boolean },
  ): Promise<NewMessage> {
    const draft = { to: this.workflowId, name, body, ...how };
    return newMessage(this.#with.session.settings, () => this.#receiver(), draft);
  }

  async #receiver(): Promise<WorkflowDefinition | null> {
    const { local, definitionOf } = this.#with;
    const known = this.#definition ?? local.definitionOf(this.workflowId);
    if (known !== null || definitionOf === null) return known;
    return definitionOf((await this.#reader.record()).workflowName);
  }

  wake(): Promise<void> {
    return this.#with.session.store.request(this.workflowId, "wake");
  }

  evict(): Promise<void> {
    return this.#with.local.stopRun(this.workflowId, "evict");
  }

  async cancel(options: { readonly compensate?: boolean } = {}): Promise<CancelOutcome> {
    checkGiven(options, "The options of cancel", CANCEL_OPTIONS);
    const { compensate = false } = options;
    checkBoolean(compensate, "compensate");
    return this.#control.cancel(compensate);
  }

  recover(): Promise<void> {
    return this.#inOrder(() => this.#control.recover());
  }

  pause(): Promise<void> {
    return this.#inOrder(() => this.#control.pause());
  }

  resume(): Promise<void> {
    return this.#inOrder(() => this.#control.resume());
  }

  #inOrder(work: () => Promise<void>): Promise<void> {
    return this.#with.session.asked.of(this.workflowId, work);
  }

  async rewind(options: { readonly to: string }): Promise<void> {
    checkGiven(options, "The options of rewind", REWIND_OPTIONS);
    await this.#control.rewind(options.to);
  }

  async fork(options: { readonly from: string; readonly workflowId: string }): Promise<WorkflowHandle> {
    checkGiven(options, "The options of fork", FORK_OPTIONS);
    const forked = new StoredRun(this.#with, options.workflowId, this.#definition);
    await forkInStore(this.#with.session, this.#reader, options);
    return forked;
  }

  async getState(): Promise<RunState | null> {
    const record = await this.#reader.find();
    if (record === null) return null;
    const { status, lease } = record;
    const inWork = lease !== null && (status === "pending" || status === "sleeping");
    return inWork ? "running" : status;
  }

  async getOutput(): Promise<unknown> {
    const end = await this.#endIn("completed", await this.#reader.record());
    return end !== undefined && "output" in end ? end.output : undefined;
  }

  async getError(): Promise<unknown> {
    const record = await this.#reader.record();
    if (record.status === "paused") return this.#reader.pause(record);
    const end = await this.#endIn("failed", record);
    return end !== undefined && "error" in end ? end.error : undefined;
  }

  /** How the run ended, if it did in this state. */
  async #endIn(state: TerminalState, as: RunRecord): Promise<RunEnd | undefined> {
    return as.status === state ? endOf(this.#reader, as) : undefined;
  }

  history(): Promise<HistorySnapshot> {
    return this.#reader.history();
  }

  watch(): AsyncIterable<HistorySnapshot> {
    return watchRun(this.#with.session, this.#reader);
  }
}
