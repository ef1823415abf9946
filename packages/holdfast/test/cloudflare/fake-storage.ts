import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { DurableCursor, DurableStorage } from "../../src/drivers/cloudflare/durable-state.ts";
import type { StorageFaults } from "../../src/testing/conformance/storage-faults.ts";

const ROW_BYTES = 2 * 1024 * 1024;
const LATEST_ALARM = 9_223_372_036_854;
const CONTROL = /^\s*(BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE)\b/i;

/** What survives the object: its database and its alarm. */
export class Disk {
  readonly database: DatabaseSync = new DatabaseSync(":memory:");
  alarm: number | null = null;
  readonly #statements = new Map<string, StatementSync>();
  /** Told of every change of the alarm that is made for good. */
  alarmSet: (at: number | null) => void = () => {};
  /** Called before a transaction begins and when it is done. */
  transaction: (when: "before" | "after") => void = () => {};

  /** A statement, prepared once. */
  statement(query: string): StatementSync {
    const statement = this.#statements.get(query) ?? this.database.prepare(query);
    this.#statements.set(query, statement);
    return statement;
  }
}

/**
 * The storage that the platform gives one life of an object, with the platform's manners: blobs come back as
 * ArrayBuffers, transactions are the platform's to begin, alarms are part of them, what is too much is refused, and
 * after the object's death nothing that was asked for comes back.
 */
export class FakeStorage implements DurableStorage, StorageFaults {
  readonly disk: Disk;
  transactions = 0;
  happened = false;
  #dead = false;
  #inTransaction = false;
  #failing = 0;
  #losing = false;

  constructor(disk: Disk) {
    this.disk = disk;
  }

  readonly sql = {
    exec: (query: string, ...bindings: unknown[]): DurableCursor => {
      this.#assertAlive();
      if (CONTROL.test(query))
        throw new Error("To execute a transaction, please use the transactionSync() API");
      if (bindings.length > 100) throw new Error("too many SQL variables: SQLITE_ERROR");
      if (/^\s*(INSERT|DELETE|CREATE|DROP)/i.test(query)) this.#beforeWrite();
      const bytes = bindings.reduce<number>(
        (sum, one) => sum + (one instanceof Uint8Array ? one.length : 0),
        0,
      );
      if (bytes > ROW_BYTES) throw new Error("string or blob too big: SQLITE_TOOBIG");
      const rows = this.disk.statement(query).all(...(bindings as SQLInputValue[]));
      return { toArray: () => rows.map(withArrayBuffers) };
    },
  };

  transactionSync<T>(closure: () => T): T {
    this.#assertAlive();
    this.disk.transaction("before");
    this.#assertAlive();
    const { alarm } = this.disk;
    const result = this.#inSavepoint(closure);
    this.transactions++;
    if (this.disk.alarm !== alarm) this.disk.alarmSet(this.disk.alarm);
    this.disk.transaction("after");
    return result;
  }

  #inSavepoint<T>(closure: () => T): T {
    const { alarm } = this.disk;
    this.disk.database.exec("SAVEPOINT here");
    this.#inTransaction = true;
    try {
      const result = closure();
      this.disk.database.exec("RELEASE here");
      return result;
    } catch (error) {
      this.disk.database.exec("ROLLBACK TO here; RELEASE here");
      this.disk.alarm = alarm;
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  async getAlarm(): Promise<number | null> {
    this.#assertAlive();
    return this.disk.alarm;
  }

  async setAlarm(at: number): Promise<void> {
    this.#assertAlive();
    if (at > LATEST_ALARM) throw new TypeError("This API doesn't support dates after 2189.");
    this.#alarm(at);
  }

  async deleteAlarm(): Promise<void> {
    this.#assertAlive();
    this.#alarm(null);
  }

  async sync(): Promise<void> {
    await Promise.resolve();
    if (this.#dead) return new Promise(() => {});
    if (!this.#losing) return;
    this.#losing = false;
    this.happened = true;
    throw new Error("made to fail");
  }

  /** The object dies: what it waits for never comes, and what it asks for is refused. */
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

  #alarm(at: number | null): void {
    this.disk.alarm = at;
    if (!this.#inTransaction) this.disk.alarmSet(at);
  }

  #beforeWrite(): void {
    if (this.#failing === 0 || --this.#failing > 0) return;
    this.happened = true;
    throw new Error("made to fail");
  }

  #assertAlive(): void {
    if (this.#dead) throw new Error("The object was reset.");
  }
}

function withArrayBuffers(row: Record<string, unknown>): Record<string, unknown> {
  const cell = (value: unknown): unknown =>
    value instanceof Uint8Array ? new Uint8Array(value).buffer : value;
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, cell(value)]));
}
