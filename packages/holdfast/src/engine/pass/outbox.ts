import type { HoldfastError } from "../../model/errors/holdfast-error.ts";
import type { MessageRefusedError } from "../../model/errors/storage-errors.ts";
import { SeldomMap } from "../../model/seldom.ts";
import type { CompletedMessage, OutgoingMessage } from "../../storage/records.ts";

/** A send that is refused is recorded with its failure, in a commit that is made instead. */
const REFUSAL_BYTES = 4_096;

/**
 * Owns: what goes out with the next commit besides history: consumed messages, answers, sends.
 * Invariants: what one commit has taken is not changed by what comes meanwhile; a refused commit puts it back. An
 * operation that waits for its commit gets its number when the commit is made, after everything that was handed over
 * before (P5).
 */
export class Outbox {
  #contents: Contents = empty();
  readonly #unsealed: (() => void)[] = [];
  readonly #refusals: SeldomMap<string, (error: HoldfastError) => void> = new SeldomMap();

  /** Whether an operation waits for a commit to go on. */
  get urgent(): boolean {
    return this.#unsealed.length > 0 || this.#contents.afterCommit.length > 0;
  }

  /** Bodies of messages and answers that wait for a commit, and what becomes of those that may be refused. */
  get bytes(): number {
    return this.#contents.bytes;
  }

  /** Rows that wait for a commit, with those that are recorded when it is made. */
  get rows(): number {
    const { consume, complete, retract, send } = this.#contents;
    return consume.length + complete.length + retract.length + send.length + this.#unsealed.length;
  }

  get isEmpty(): boolean {
    return !this.urgent && this.rows === 0;
  }

  consume(messageId: string): void {
    this.#contents.consume.push(messageId);
  }

  answer(answer: CompletedMessage): void {
    this.#contents.complete.push(answer);
    this.#contents.bytes += answer.response.length;
  }

  /** The message was not answered after all. */
  retract(messageId: string): void {
    this.#contents.retract.push(messageId);
  }

  /** `refused` is called if the receiver does not take it; nothing of the commit was applied then. */
  send(outgoing: OutgoingMessage, refused: (error: HoldfastError) => void): void {
    this.#contents.send.push(outgoing);
    this.#contents.bytes += outgoing.message.body.length + REFUSAL_BYTES;
    this.#refusals.set(outgoing.message.id, refused);
  }

  /** Calls `record` when the next commit is made, and `then` once it is durable. */
  onCommit(record: () => void, then: () => void): void {
    this.#unsealed.push(() => {
      record();
      this.#contents.afterCommit.push(then);
    });
  }

  /** The next commit is being made: what waits for it is recorded now. */
  seal(): void {
    for (const record of this.#unsealed.splice(0)) record();
  }

  /** Null when nothing goes out. */
  take(): Outgoing | null {
    if (this.isEmpty) return null;
    const taken = this.#contents;
    this.#contents = empty();
    return {
      consume: taken.consume,
      complete: taken.complete,
      retract: taken.retract,
      send: taken.send,
      committed: () => {
        for (const outgoing of taken.send) this.#refusals.delete(outgoing.message.id);
        for (const then of taken.afterCommit) then();
      },
      undo: () => {
        const later = this.#contents;
        this.#contents = {
          consume: [...taken.consume, ...later.consume],
          complete: [...taken.complete, ...later.complete],
          retract: [...taken.retract, ...later.retract],
          send: [...taken.send, ...later.send],
          afterCommit: [...taken.afterCommit, ...later.afterCommit],
          bytes: taken.bytes + later.bytes,
        };
      },
    };
  }

  /** Takes back the sends that were refused, and tells their operations; false when there is none of them. */
  refuse(refusals: readonly MessageRefusedError[]): boolean {
    const ids = new Set<string>();
    for (const { messageId, cause } of refusals) {
      const refused = this.#refusals.get(messageId);
      if (refused === undefined) continue;
      this.#refusals.delete(messageId);
      ids.add(messageId);
      refused(cause as HoldfastError);
    }
    const send = this.#contents.send.filter(({ message }) => !ids.has(message.id));
    this.#contents = { ...this.#contents, send };
    return ids.size > 0;
  }
}

/** What one commit takes along. */
export interface Outgoing {
  readonly consume: readonly string[];
  readonly complete: readonly CompletedMessage[];
  readonly retract: readonly string[];
  readonly send: readonly OutgoingMessage[];
  readonly committed: () => void;
  readonly undo: () => void;
}

interface Contents {
  readonly consume: string[];
  readonly complete: CompletedMessage[];
  readonly retract: string[];
  readonly send: OutgoingMessage[];
  readonly afterCommit: (() => void)[];
  bytes: number;
}

function empty(): Contents {
  return { consume: [], complete: [], retract: [], send: [], afterCommit: [], bytes: 0 };
}
