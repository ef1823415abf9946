import { fromExactText, toExactText } from "../../storage/exact-text.ts";
import type { NewMessage, StoredMessage } from "../../storage/records.ts";
import type { MessageState } from "../../storage/tables/tables.ts";
import { bytesOf, numberOf, optionalNumber, type SqliteRow, type Statements } from "./statements.ts";

const SELECT = "SELECT position, id, name, body, created_at, expires_at, completable FROM holdfast_messages";
const OLDEST = `${SELECT} WHERE run = ? ORDER BY position LIMIT ?`;
/** Left to itself SQLite walks the whole queue by position. */
const BY_NAME = "INDEXED BY holdfast_messages_name WHERE run = ? AND name = ?";
const OLDEST_OF_NAME = `${SELECT} ${BY_NAME} ORDER BY position LIMIT ?`;
const INSERT = `INSERT INTO holdfast_messages
  (run, position, id, name, body, created_at, expires_at, completable, remember) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const BEHIND = "SELECT max(position) + 1 AS position FROM holdfast_messages WHERE run = ?";
const IN_FRONT = "SELECT min(position) - 1 AS position FROM holdfast_messages WHERE run = ?";

/** The tables of queued messages, of consumed ids and of answers. */
export class MessageTable {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  state(key: number, messageId: string): MessageState {
    const id = toExactText(messageId);
    if (this.#statements.get("SELECT 1 FROM holdfast_messages WHERE run = ? AND id = ?", key, id))
      return "queued";
    if (this.#statements.get("SELECT 1 FROM holdfast_consumed WHERE run = ? AND id = ?", key, id))
      return "consumed";
    return "unknown";
  }

  insert(key: number, message: NewMessage, front: boolean): void {
    const position = optionalNumber(this.#statements.get(front ? IN_FRONT : BEHIND, key)?.position) ?? 0;
    const { id, name, body, createdAt, expiresAt } = message;
    const flags = [message.completable ? 1 : 0, message.remember ? 1 : 0];
    this.#statements.run(
      INSERT,
      key,
      position,
      toExactText(id),
      toExactText(name),
      body,
      createdAt,
      expiresAt,
      ...flags,
    );
  }

  remove(key: number, messageId: string): void {
    const id = toExactText(messageId);
    const removed = this.#statements.get(
      "DELETE FROM holdfast_messages WHERE run = ? AND id = ? RETURNING remember",
      key,
      id,
    );
    if (removed === null || numberOf(removed.remember) === 0) return;
    this.#statements.run(
      "INSERT INTO holdfast_consumed (run, id) VALUES (?, ?) ON CONFLICT DO NOTHING",
      key,
      id,
    );
  }

  oldest(key: number, names: readonly string[] | null, count: number): StoredMessage[] {
    if (names === null) return this.#statements.all(OLDEST, key, count).map(readMessage);
    const rows = [...new Set(names)].flatMap((name) =>
      this.#statements.all(OLDEST_OF_NAME, key, toExactText(name), count),
    );
    rows.sort((a, b) => numberOf(a.position) - numberOf(b.position));
    return rows.slice(0, count).map(readMessage);
  }

  has(key: number, names: readonly string[]): boolean {
    const one = `SELECT 1 FROM holdfast_messages ${BY_NAME} LIMIT 1`;
    return names.some((name) => this.#statements.get(one, key, toExactText(name)) !== null);
  }

  count(): number {
    return numberOf(this.#statements.get("SELECT count(*) AS messages FROM holdfast_messages")?.messages);
  }

  response(key: number, messageId: string): Uint8Array | null {
    const sql = "SELECT response FROM holdfast_responses WHERE run = ? AND id = ?";
    const row = this.#statements.get(sql, key, toExactText(messageId));
    return row === null ? null : bytesOf(row.response);
  }

  insertResponse(key: number, messageId: string, response: Uint8Array): void {
    const sql = "INSERT INTO holdfast_responses (run, id, response) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    this.#statements.run(sql, key, toExactText(messageId), response);
  }
}

function readMessage(row: SqliteRow): StoredMessage {
  return {
    id: fromExactText(String(row.id)),
    name: fromExactText(String(row.name)),
    body: bytesOf(row.body),
    createdAt: numberOf(row.created_at),
    expiresAt: optionalNumber(row.expires_at),
    completable: numberOf(row.completable) === 1,
  };
}
