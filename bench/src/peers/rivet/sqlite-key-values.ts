import { DatabaseSync } from "node:sqlite";
import type { Message } from "@rivetkit/workflow-engine";
import { sqliteBytes } from "../stored-bytes.ts";
import type { KeyValues } from "./key-values.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS runs (run INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, alarm INTEGER) STRICT;
  CREATE INDEX IF NOT EXISTS alarms ON runs (alarm) WHERE alarm IS NOT NULL;
  CREATE TABLE IF NOT EXISTS pairs (run INTEGER, key BLOB, value BLOB, PRIMARY KEY (run, key)) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY, run INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS messages_of_run ON messages (run, seq);
`;

type Row = Record<string, unknown>;

/** Rivet's storage in one SQLite file: write-ahead log, one transaction per batch, every statement prepared once. */
export class SqliteKeyValues implements KeyValues {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #numbers = new Map<string, number>();
  readonly #statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  commits = 0;

  constructor(path: string, synchronous: "full" | "normal") {
    this.#path = path;
    this.#database = new DatabaseSync(path);
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous};`);
    this.#database.exec(SCHEMA);
  }

  get(run: string, key: Uint8Array): Uint8Array | null {
    const row = this.#prepare("SELECT value FROM pairs WHERE run = ? AND key = ?").get(this.#find(run), key);
    return ((row as Row | undefined)?.value as Uint8Array | undefined) ?? null;
  }

  list(run: string, from: Uint8Array, to: Uint8Array | null): { key: Uint8Array; value: Uint8Array }[] {
    const select = "SELECT key, value FROM pairs WHERE run = ? AND key >= ?";
    const rows =
      to === null
        ? this.#prepare(`${select} ORDER BY key`).all(this.#find(run), from)
        : this.#prepare(`${select} AND key < ? ORDER BY key`).all(this.#find(run), from, to);
    return rows as unknown as { key: Uint8Array; value: Uint8Array }[];
  }

  put(run: string, writes: readonly { key: Uint8Array; value: Uint8Array }[]): void {
    this.#write(run, (number) => {
      const put = this.#prepare(
        "INSERT INTO pairs VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      );
      for (const { key, value } of writes) put.run(number, key, value);
    });
  }

  remove(run: string, keys: readonly Uint8Array[]): void {
    this.#write(run, (number) => {
      for (const key of keys) this.#prepare("DELETE FROM pairs WHERE run = ? AND key = ?").run(number, key);
    });
  }

  removeRange(run: string, from: Uint8Array, to: Uint8Array | null): void {
    const remove = "DELETE FROM pairs WHERE run = ? AND key >= ?";
    this.#write(run, (number) => {
      if (to === null) this.#prepare(remove).run(number, from);
      else this.#prepare(`${remove} AND key < ?`).run(number, from, to);
    });
  }

  addMessage(run: string, { id, name, data, sentAt }: Message): void {
    const text = JSON.stringify({ id, name, data, sentAt });
    this.#write(run, (number) =>
      this.#prepare("INSERT INTO messages (run, id, name, message) VALUES (?, ?, ?, ?)").run(
        number,
        id,
        name,
        text,
      ),
    );
  }

  messages(run: string, names: readonly string[], count: number): Message[] {
    const select = this.#prepare("SELECT name, message FROM messages WHERE run = ? ORDER BY seq");
    const found: Message[] = [];
    for (const row of select.iterate(this.#find(run)) as Iterable<Row>) {
      if (names.length > 0 && !names.includes(row.name as string)) continue;
      found.push(JSON.parse(row.message as string));
      if (found.length === count) break;
    }
    return found;
  }

  removeMessages(run: string, ids: readonly string[]): void {
    this.#write(run, (number) => {
      for (const id of ids) this.#prepare("DELETE FROM messages WHERE run = ? AND id = ?").run(number, id);
    });
  }

  setAlarm(run: string, at: number | null): void {
    this.#write(run, (number) => this.#prepare("UPDATE runs SET alarm = ? WHERE run = ?").run(at, number));
  }

  takeDueAlarms(now: number): string[] {
    const due = this.#prepare("SELECT id FROM runs WHERE alarm <= ?").all(now) as Row[];
    if (due.length > 0) {
      this.#transaction(() => this.#prepare("UPDATE runs SET alarm = NULL WHERE alarm <= ?").run(now));
    }
    return due.map((row) => row.id as string);
  }

  bytes(): number {
    return sqliteBytes(this.#path);
  }

  close(): void {
    this.#database.close();
  }

  /** The number of a run; null, which no row has, while nothing of it was written. */
  #find(run: string): number | null {
    const known = this.#numbers.get(run);
    if (known !== undefined) return known;
    const row = this.#prepare("SELECT run FROM runs WHERE id = ?").get(run) as Row | undefined;
    if (row === undefined) return null;
    this.#numbers.set(run, row.run as number);
    return row.run as number;
  }

  /** One transaction; a new run gets its number in it. */
  #write(run: string, work: (number: number) => unknown): void {
    this.#transaction(() => {
      let number = this.#find(run);
      if (number === null) {
        number = Number(this.#prepare("INSERT INTO runs (id) VALUES (?)").run(run).lastInsertRowid);
        this.#numbers.set(run, number);
      }
      work(number);
    });
  }

  #transaction(work: () => unknown): void {
    this.#prepare("BEGIN IMMEDIATE").run();
    try {
      work();
      this.#prepare("COMMIT").run();
      this.commits++;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #prepare(sql: string): ReturnType<DatabaseSync["prepare"]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
