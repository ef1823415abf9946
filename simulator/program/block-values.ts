import { canonicalText, digestOf } from "./canonical.ts";

/** The longest text of a value that a block keeps as it is. */
const LARGEST_KEPT = 3_000;
/** In a canonical text: something inside is too long to be told in full. */
const SHORTENED = /\b(?:string|bytes|bigint)\(\d+, [0-9a-f]{32}\)/;

/**
 * What becomes of a statement's result in the value of its block: itself, or when it is large, a digest of it. So the
 * value of a run depends on everything that its code saw, and stays small.
 */
export function kept(value: unknown): unknown {
  const text = canonicalText(value);
  return isKept(text) ? value : { digest: digestOf(text) };
}

/** The canonical text of what `kept` makes of a value with this text. */
export function keptText(text: string): string {
  return isKept(text) ? text : canonicalText({ digest: digestOf(text) });
}

function isKept(text: string): boolean {
  return text.length <= LARGEST_KEPT && !SHORTENED.test(text);
}

/** What is left of something that was caught, in the value of a block: its text, since not all that is thrown can be stored. */
export function caughtValue(error: unknown): string {
  const text = canonicalText(error);
  return text.length <= LARGEST_KEPT ? text : digestOf(text);
}

/** A failure that came back as data, in the value of a block. */
export function failureValue(failure: { readonly kind: string; readonly error: unknown }): unknown {
  return { ok: false, kind: failure.kind, error: caughtValue(failure.error) };
}
