import type { EntryKind } from "#holdfast/history/entry.ts";

/** How a piece of code ends, by what the history has decided; null: it has not ended. */
export type End = Value | Failure | null;

export interface Value {
  readonly ok: true;
  /** The canonical text of the value. */
  readonly text: string;
  /** The number of the result with which it ended. */
  readonly at: number;
}

export interface Failure {
  readonly ok: false;
  readonly error: unknown;
  /** The kind of the operation that it came from; null: code threw it. */
  readonly origin: EntryKind | null;
  readonly at: number;
}

/** Thrown where what is recorded does not decide how the code went on. */
export class Undecided extends Error {}

export function value(text: string, at: number): Value {
  return { ok: true, text, at };
}

/** The canonical text of a list. */
export function listText(texts: readonly string[]): string {
  return `[${texts.join(", ")}]`;
}

/** The canonical text of an object. */
export function objectText(fields: Readonly<Record<string, string>>): string {
  const keys = Object.keys(fields).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}: ${fields[key]}`).join(", ")}}`;
}
