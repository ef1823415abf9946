import { AT_MOST } from "../../storage/at-most.ts";
import {
  assertRemembered,
  positionBeside,
  type RememberedId,
  type SealedPlace,
} from "../../storage/damage.ts";
import { fromExactText, toExactText } from "../../storage/exact-text.ts";
import type { NewMessage } from "../../storage/records.ts";
import { sealOfMessage, sealOfRemembered } from "../../storage/seals.ts";
import type { MessageState, QueuedMessage, Removal, RowOwner } from "../../storage/tables/tables.ts";
import {
  bytesColumn,
  bytesOf,
  numberColumn,
  numberOf,
  optionalNumber,
  type SqliteRow,
  type Statements,
} from "./statements.ts";

const NUMBERS = ["position", "created_at", "expires_at", "completable", "remember", "seal"];
const PLACE = ["id", "name", ...NUMBERS.map(numberColumn)].join(", ");
const PLACES = `SELECT ${PLACE} FROM holdfast_messages WHERE run = ?`;
const SELECT = `SELECT ${PLACE}, ${bytesColumn("body")} FROM holdfast_messages`;
const OLDEST = `${SELECT} WHERE run = ? ORDER BY holdfast_messages.position ${AT_MOST}`;
/** Left to itself SQLite walks the whole queue by position. */
const BY_NAME = "INDEXED BY holdfast_messages_name WHERE run = ? AND name = ?";
const OLDEST_OF_NAME = `${SELECT} ${BY_NAME} ORDER BY holdfast_messages.position ${AT_MOST}`;
const INSERT = `INSERT INTO holdfast_messages
  (run, position, id, name, created_at, expires_at, completable, remember, seal, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const REMOVE = `DELETE FROM holdfast_messages WHERE run = ? AND id = ?
  RETURNING ${numberColumn("remember")}, ${numberColumn("seal")}`;
const REMEMBER =
  "INSERT INTO holdfast_consumed (run, id, seal) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1";
const REMEMBERED = `SELECT id, ${numberColumn("seal")} FROM holdfast_consumed WHERE run = ?`;
const COUNT = `SELECT count(*) AS messages FROM (SELECT 1 FROM holdfast_messages WHERE run = ? ${AT_MOST})`;
const LAST = `${PLACES} ORDER BY holdfast_messages.position DESC LIMIT 1`;
const FIRST = `${PLACES} ORDER BY holdfast_messages.position LIMIT 1`;

/** The tables of queued messages, of consumed ids and of answers. */
export class MessageTable {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  state({ key, workflowId }: RowOwner, messageId: string): MessageState {
    const id = toExactText(messageId);
    if (this.#statements.get("SELECT 1 FROM holdfast_messages WHERE run = ? AND id = ?", key, id))
      return "queued";
    const consumed = this.#statements.get(`${REMEMBERED} AND id = ?`, key, id);
    if (consumed === null) return "unknown";
    assertRemembered(workflowId, readRemembered(consumed));
    return "consumed";
  }

  nextPosition({ key, workflowId }: RowOwner, front: boolean): number {
    const end = this.#statements.get(front ? FIRST : LAST, key);
    return positionBeside(workflowId, end === null ? null : readPlace(end), front);
  }

  /** @returns the seal of the message's place */
  insert({ key, workflowId }: RowOwner, message: NewMessage, position: number): number {
    const { id, name, body, createdAt, expiresAt } = message;
    const seal = sealOfMessage(workflowId, { ...message, position });
    const flags = [message.completable ? 1 : 0, message.remember ? 1 : 0];
    const place = [toExactText(id), toExactText(name), createdAt, expiresAt, ...flags];
    this.#statements.run(INSERT, key, position, ...place, seal, body);
    return seal;
  }

  remove(run: RowOwner, messageId: string): Removal {
    const removed = this.#statements.get(REMOVE, run.key, toExactText(messageId));
    if (removed === null) return { place: 0, remembered: 0 };
    const remembered = numberOf(removed.remember) === 0 ? 0 : this.#remember(run, messageId);
    return { place: numberOf(removed.seal), remembered };
  }

  /** @returns the seal of the id, 0 if it was remembered before */
  #remember({ key, workflowId }: RowOwner, messageId: string): number {
    const seal = sealOfRemembered(workflowId, messageId);
    return this.#statements.get(REMEMBER, key, toExactText(messageId), seal) === null ? 0 : seal;
  }

  remembered(key: number): RememberedId[] {
    return this.#statements.all(REMEMBERED, key).map(readRemembered);
  }

  places(key: number): SealedPlace[] {
    return this.#statements.all(PLACES, key).map(readPlace);
  }

  oldest(key: number, names: readonly string[] | null, count: number): QueuedMessage[] {
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

  countUpTo(key: number, most: number): number {
    return numberOf(this.#statements.get(COUNT, key, most)?.messages);
  }

  count(): number {
    return numberOf(this.#statements.get("SELECT count(*) AS messages FROM holdfast_messages")?.messages);
  }

  response(key: number, messageId: string): Uint8Array | null {
    const sql = `SELECT ${bytesColumn("response")} FROM holdfast_responses WHERE run = ? AND id = ?`;
    const row = this.#statements.get(sql, key, toExactText(messageId));
    return row === null ? null : bytesOf(row.response);
  }

  removeResponse(key: number, messageId: string): void {
    const sql = "DELETE FROM holdfast_responses WHERE run = ? AND id = ?";
    this.#statements.run(sql, key, toExactText(messageId));
  }

  insertResponse(key: number, messageId: string, response: Uint8Array): void {
    const sql = "INSERT INTO holdfast_responses (run, id, response) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    this.#statements.run(sql, key, toExactText(messageId), response);
  }
}

function readMessage(row: SqliteRow): QueuedMessage {
  return { place: readPlace(row), body: bytesOf(row.body) };
}

function readRemembered(row: SqliteRow): RememberedId {
  return { id: fromExactText(String(row.id)), seal: optionalNumber(row.seal) };
}

function readPlace(row: SqliteRow): SealedPlace {
  return {
    position: numberOf(row.position),
    id: fromExactText(String(row.id)),
    name: fromExactText(String(row.name)),
    createdAt: numberOf(row.created_at),
    expiresAt: optionalNumber(row.expires_at),
    completable: numberOf(row.completable) === 1,
    remember: numberOf(row.remember) === 1,
    seal: optionalNumber(row.seal),
  };
}
