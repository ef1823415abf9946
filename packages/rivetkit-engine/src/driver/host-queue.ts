import type { EngineDriver } from "../model/driver.ts";
import type { Message } from "../model/queue.ts";

/** Messages asked for at once when it is looked up which are still queued. */
const LOOK_UP = 10_000;
/** Milliseconds between two looks while the host gives nothing out. */
const LOOK_AGAIN_MS = 100;

/**
 * The host's message queue. RivetKit's gives out nothing while a message that it gave out as completable is not
 * completed; others give out the same messages again.
 *
 * Owns: what was received here and is not completed.
 */
export class HostQueue {
  readonly #host: EngineDriver;
  readonly #received: Map<string, Message> = new Map();
  /** Whether the host was seen to give out nothing while something is not completed. */
  #exclusive = false;
  #waiting: (() => void) | null = null;

  constructor(host: EngineDriver) {
    this.#host = host;
  }

  /** Messages that are queued and not `known`, oldest first; without names of any name. Stays queued until completed. */
  async receive(
    names: readonly string[] | null,
    count: number,
    known: ReadonlySet<string>,
  ): Promise<Message[]> {
    const isFresh = ({ id, name }: Message): boolean =>
      !known.has(id) && (names === null || names.includes(name));
    // Known messages that were not given out here come before the others.
    const unseen = [...known].filter((id) => !this.#received.has(id)).length;
    for (let asked = count + unseen; ; asked += known.size) {
      const given = await this.#give(names, asked);
      const all = this.#exclusive ? [...this.#received.values()] : unique(given);
      const fresh = all.filter(isFresh);
      if (fresh.length > 0 || given.length < asked || known.size === 0) return fresh.slice(0, count);
    }
  }

  /** Completes a message, by its own callback where it has one and is answered; `again` when that may have been done already. */
  async complete(id: string, answer: readonly unknown[], again: boolean): Promise<void> {
    try {
      const own = answer.length > 0 ? this.#received.get(id)?.complete : undefined;
      if (own !== undefined) await own(answer[0]);
      else await this.#host.messageDriver.completeMessage(id, ...answer);
    } catch (error) {
      if (!again || (await this.queuedIds()).has(id)) throw error;
    }
    this.#received.delete(id);
    this.#waiting?.();
  }

  add(message: Message): Promise<void> {
    return this.#host.messageDriver.addMessage(message);
  }

  async queuedIds(): Promise<Set<string>> {
    const given = await this.#give(null, LOOK_UP);
    return new Set([...this.#received.keys(), ...given.map(({ id }) => id)]);
  }

  /** Resolves when there may be something to receive, or the signal aborts. */
  async wait(names: readonly string[], signal: AbortSignal): Promise<void> {
    // The host would say at once that what was received already is there.
    if (this.#received.size === 0) await this.#host.waitForMessages([...names], signal);
    else await this.#nextCompletion(signal);
  }

  async #give(names: readonly string[] | null, count: number): Promise<Message[]> {
    if (this.#exclusive && this.#received.size > 0) return [];
    try {
      const wanted = { ...(names === null ? {} : { names }), count, completable: true };
      const given = await this.#host.messageDriver.receiveMessages(wanted);
      for (const message of given) this.#received.set(message.id, message);
      return given;
    } catch (error) {
      if (!isBlocked(error)) throw error;
      this.#exclusive = true;
      return [];
    }
  }

  #nextCompletion(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#waiting = null;
        resolve();
      };
      const timer = setTimeout(done, LOOK_AGAIN_MS);
      signal.addEventListener("abort", done);
      this.#waiting = done;
    });
  }
}

function unique(messages: readonly Message[]): Message[] {
  return [...new Map(messages.map((message) => [message.id, message])).values()];
}

function isBlocked(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return (
    code === "previous_message_not_completed" ||
    (typeof message === "string" && message.startsWith("Previous completable queue message is not completed"))
  );
}
