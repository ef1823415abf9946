import type { MemoryDriver } from "holdfast/memory";
import type { RunHandle } from "../../src/engine/live/run-handle.ts";
import type { CommitBatch } from "../../src/storage/records.ts";

/** Follows the messages that are sent to a run: each is consumed once or still queued, if its send was acknowledged (P7). */
export class Mail {
  readonly #acknowledged: Set<string> = new Set();
  readonly #consumed: Set<string> = new Set();
  readonly #problems: string[];
  #sent = 0;

  constructor(problems: string[]) {
    this.#problems = problems;
  }

  send(handle: RunHandle<unknown>, name: string): void {
    const messageId = `message ${this.#sent++}`;
    const acknowledged = (): void => void this.#acknowledged.add(messageId);
    handle.send(name, this.#sent, { messageId }).then(acknowledged, () => {});
  }

  committed({ consume }: CommitBatch): void {
    for (const id of consume) {
      if (this.#consumed.has(id)) this.#problems.push(`${id} was consumed twice`);
      this.#consumed.add(id);
    }
  }

  async check(storage: MemoryDriver): Promise<void> {
    const queued = new Set((await storage.peekMessages(null, 10_000)).map(({ id }) => id));
    for (const id of this.#acknowledged)
      if (!this.#consumed.has(id) && !queued.has(id)) this.#problems.push(`${id} is lost`);
  }

  /** The run was taken back: what it had received may be queued again. */
  forget(): void {
    this.#acknowledged.clear();
    this.#consumed.clear();
  }
}
