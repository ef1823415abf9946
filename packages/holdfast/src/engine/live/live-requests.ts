import { findAnswer } from "../../history/find-answer.ts";
import type { Journal } from "../../history/journal.ts";
import { durationMs } from "../../model/duration.ts";
import { RequestTimeoutError, RunFinishedError } from "../../model/errors/run-errors.ts";
import { checkOptions } from "../../model/option-names.ts";
import { isTerminal } from "../../model/run.ts";
import type { NewMessage } from "../../storage/records.ts";
import type { EngineSettings } from "../pass/pass-settings.ts";
import { REQUEST_OPTIONS } from "./handle-option-names.ts";
import type { RequestOptions } from "./run-handle.ts";

const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;

/** The run that is asked. */
export interface AskedRun {
  readonly workflowId: string;
  readonly settings: EngineSettings;
  /** The question as a completable message, checked and encoded. */
  readonly draft: (name: string, body: unknown, options: RequestOptions) => Promise<NewMessage>;
  /** Queues it. */
  readonly queue: (message: NewMessage) => Promise<void>;
  readonly journal: () => Promise<Journal | null>;
  /** Whether a pass runs now; its end is told by `passEnded`. */
  readonly runs: () => boolean;
}

/**
 * Owns: questions to a run on a bare driver that wait for their answers.
 * How: an answer is told when its commit is durable; one that was given before stands in the history.
 */
export class LiveRequests {
  readonly #run: AskedRun;
  readonly #waiting: Map<string, Set<(response: Uint8Array) => void>> = new Map();
  /** How those that wait are refused. */
  readonly #refusals: Set<(error: unknown) => void> = new Set();

  constructor(run: AskedRun) {
    this.#run = run;
  }

  /** The answer to a message is durable. */
  answered(messageId: string, response: Uint8Array): void {
    for (const tell of this.#waiting.get(messageId) ?? []) tell(response);
  }

  /** The pass has ended: nobody is left to answer when the run has, too. */
  passEnded(): void {
    for (const refuse of this.#refusals) void this.#refuseIfEnded(refuse);
  }

  /** Nobody is left to answer. */
  refuseAll(error: unknown): void {
    for (const refuse of this.#refusals) refuse(error);
  }

  /** @throws RequestTimeoutError, RunFinishedError, and what sending throws */
  async ask(name: string, body: unknown, options: RequestOptions): Promise<unknown> {
    checkOptions(options, "The options of request", REQUEST_OPTIONS);
    const { timeout = DEFAULT_REQUEST_TIMEOUT_MS } = options;
    const timeoutMs = durationMs(timeout, "timeout");
    const { settings, workflowId } = this.#run;
    const message = await this.#run.draft(name, body, options);
    const cleanups: (() => void)[] = [];
    const answer = new Promise<Uint8Array>((resolve, reject) => {
      cleanups.push(this.#wait(message.id, resolve));
      const expired = (): void => reject(new RequestTimeoutError(workflowId, name, message, timeoutMs));
      cleanups.push(settings.world.clock.setTimer(timeoutMs, expired));
      this.#put(message, options.messageId !== undefined).then((known) => {
        if (known !== null) resolve(known);
      }, reject);
      this.#refusals.add(reject);
      cleanups.push(() => this.#refusals.delete(reject));
      if (!this.#run.runs()) void this.#refuseIfEnded(reject);
    });
    try {
      return await settings.codec.decode(await answer);
    } finally {
      for (const cleanup of cleanups) cleanup();
    }
  }

  #wait(messageId: string, tell: (response: Uint8Array) => void): () => void {
    const waiting = this.#waiting.get(messageId) ?? new Set();
    this.#waiting.set(messageId, waiting.add(tell));
    return () => {
      waiting.delete(tell);
      if (waiting.size === 0) this.#waiting.delete(messageId);
    };
  }

  /** Queues the question; the answer, when it was asked and answered before. */
  async #put(message: NewMessage, asked: boolean): Promise<Uint8Array | null> {
    const before = asked ? await this.#run.journal() : null;
    const known = before === null ? null : findAnswer(before, message.id);
    if (known === null) await this.#run.queue(message);
    return known;
  }

  async #refuseIfEnded(refuse: (error: unknown) => void): Promise<void> {
    const status = (await this.#run.journal().catch(() => null))?.header.status;
    if (status !== undefined && isTerminal(status))
      refuse(new RunFinishedError(this.#run.workflowId, status));
  }
}
