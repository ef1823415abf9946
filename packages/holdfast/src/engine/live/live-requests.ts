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

/** While no pass runs here, another handle may run one: the first look for its answers, and the longest pause between two. */
const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 1_000;

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

/** One question that waits. */
interface Question {
  readonly messageId: string;
  readonly tell: (response: Uint8Array) => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * Owns: questions to a run on a bare driver that wait for their answers.
 * How: an answer of a pass of this handle is told when its commit is durable; one that was given before, or by a pass of
 * another handle, stands in the history.
 */
export class LiveRequests {
  readonly #run: AskedRun;
  readonly #waiting: Map<string, Set<Question>> = new Map();
  #pauseMs = FIRST_LOOK_MS;
  /** Null while no look is to come. */
  #cancelLook: (() => void) | null = null;

  constructor(run: AskedRun) {
    this.#run = run;
  }

  /** The answer to a message is durable. */
  answered(messageId: string, response: Uint8Array): void {
    for (const { tell } of this.#waiting.get(messageId) ?? []) tell(response);
  }

  /** The pass has ended: nobody is left to answer when the run has, too. */
  passEnded(): void {
    if (this.#waiting.size > 0) void this.#look();
  }

  /** Nobody is left to answer. */
  refuseAll(error: unknown): void {
    for (const { refuse } of this.#questions()) refuse(error);
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
      cleanups.push(this.#wait({ messageId: message.id, tell: resolve, refuse: reject }));
      const expired = (): void => reject(new RequestTimeoutError(workflowId, name, message, timeoutMs));
      cleanups.push(settings.world.clock.setTimer(timeoutMs, expired));
      this.#put(message, options.messageId !== undefined).then((known) => {
        if (known !== null) resolve(known);
      }, reject);
      if (!this.#run.runs()) void this.#look();
    });
    try {
      return await settings.codec.decode(await answer);
    } finally {
      for (const cleanup of cleanups) cleanup();
    }
  }

  #wait(question: Question): () => void {
    const { messageId } = question;
    const waiting = this.#waiting.get(messageId) ?? new Set();
    this.#waiting.set(messageId, waiting.add(question));
    this.#pauseMs = FIRST_LOOK_MS;
    return () => {
      waiting.delete(question);
      if (waiting.size === 0) this.#waiting.delete(messageId);
      if (this.#waiting.size === 0) this.#stopLooking();
    };
  }

  *#questions(): IterableIterator<Question> {
    for (const questions of this.#waiting.values()) yield* questions;
  }

  /** Queues the question; the answer, when it was asked and answered before. */
  async #put(message: NewMessage, asked: boolean): Promise<Uint8Array | null> {
    const before = asked ? await this.#run.journal() : null;
    const known = before === null ? null : findAnswer(before, message.id);
    if (known === null) await this.#run.queue(message);
    return known;
  }

  /** Tells what stands in the storage: answers, and that the run has ended. */
  async #look(): Promise<void> {
    const journal = await this.#run.journal().catch(() => null);
    if (journal !== null) {
      for (const [messageId] of this.#waiting) {
        const response = findAnswer(journal, messageId);
        if (response !== null) this.answered(messageId, response);
      }
      const { status } = journal.header;
      if (isTerminal(status)) this.refuseAll(new RunFinishedError(this.#run.workflowId, status));
    }
    this.#stopLooking();
    if (this.#waiting.size > 0) this.#lookLater();
  }

  #lookLater(): void {
    const look = (): void => {
      if (!this.#run.runs()) void this.#look();
    };
    this.#cancelLook = this.#run.settings.world.clock.setTimer(this.#pauseMs, look);
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_LOOK_MS);
  }

  #stopLooking(): void {
    this.#cancelLook?.();
    this.#cancelLook = null;
  }
}
