import type { DurableCursor, DurableStorage } from "holdfast/cloudflare";
import type { StorageFaults } from "holdfast/testing";

const WRITE = /^\s*(INSERT|UPDATE|DELETE|CREATE|DROP)\b/i;

/** An object's own storage that fails where a case wants it to; transactions are the platform's. */
export class FaultyStorage implements DurableStorage, StorageFaults {
  readonly #storage: DurableStorage;
  transactions = 0;
  happened = false;
  #failing = 0;
  #losing = false;
  #dead = false;

  constructor(storage: DurableStorage) {
    this.#storage = storage;
  }

  readonly sql = {
    exec: (query: string, ...bindings: unknown[]): DurableCursor => {
      if (this.#dead) throw new Error("this process was killed");
      if (WRITE.test(query) && this.#failing > 0 && --this.#failing === 0) this.#fail();
      return this.#storage.sql.exec(query, ...bindings);
    },
  };

  transactionSync<T>(closure: () => T): T {
    const result = this.#storage.transactionSync(closure);
    this.transactions += 1;
    return result;
  }

  getAlarm(): Promise<number | null> {
    return this.#storage.getAlarm();
  }

  setAlarm(at: number): Promise<void> {
    return this.#storage.setAlarm(at);
  }

  deleteAlarm(): Promise<void> {
    return this.#storage.deleteAlarm();
  }

  async sync(): Promise<void> {
    await this.#storage.sync();
    if (this.#losing) this.#fail();
  }

  /** What is asked for from here on does not happen. */
  kill(): void {
    this.#dead = true;
  }

  failWrite(number: number): void {
    this.#failing = number;
    this.happened = false;
  }

  loseAnswer(): void {
    this.#losing = true;
    this.happened = false;
  }

  heal(): void {
    this.#failing = 0;
    this.#losing = false;
  }

  #fail(): never {
    this.#losing = false;
    this.happened = true;
    throw new Error("made to fail");
  }
}
