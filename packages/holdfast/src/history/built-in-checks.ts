import { type BuiltInKind, type TemporalClass, tagOf, temporalClassOf, viewTypeOf } from "./built-in.ts";

/**
 * Whether a particular built-in value comes back exactly.
 *
 * Owns: the exceptions that single values make. Does not own: recognising the kind, and what is nested inside.
 */

/**
 * The byte buffers of one value and how its views use them. The value of a view is its type and its bytes: a view of a
 * part of a buffer is stored without the rest, which may be somebody else's data (runtimes pool small buffers). The
 * whole buffer is kept when that can be told apart: when it is in the value itself, or when two views overlap.
 */
export type SharedBuffers = Map<ArrayBufferLike, BufferUse>;

interface BufferUse {
  whole: boolean;
  readonly views: { readonly start: number; readonly end: number }[];
}

/** Own names of longer views are not looked for: listing them costs more than storing the view. */
const MAX_LISTED_VIEW = 1_024;

/** Why this value cannot be stored exactly; null when it can. */
export function checkBuiltIn(kind: BuiltInKind, value: object, buffers: SharedBuffers): string | null {
  switch (kind) {
    case "ArrayBuffer":
      noteBuffer(buffers, value as ArrayBuffer);
      return checkBuffer(value as ArrayBuffer) ?? checkOwnKeys(value, 0);
    case "View":
      return checkView(value as ArrayBufferView, buffers);
    case "RegExp":
      return checkLastIndex(value as RegExp) ?? checkOwnKeys(value, 1);
    case "Date":
    case "Map":
    case "Set":
      return checkOwnKeys(value, 0);
    case "URL":
      return checkUrl(value as URL) ?? checkOwnNames(value);
    case "URLSearchParams":
      return checkSearchParams(value as URLSearchParams) ?? checkOwnNames(value);
    case "Temporal":
      return checkTemporal(value) ?? checkOwnKeys(value, 0);
  }
}

/** Whether a view's buffer is stored whole. */
export function keepsWholeBuffer(view: ArrayBufferView, buffers: SharedBuffers): boolean {
  return view.byteLength === view.buffer.byteLength || (buffers.get(view.buffer)?.whole ?? false);
}

function checkBuffer(buffer: ArrayBufferLike): string | null {
  if (tagOf(buffer) !== "ArrayBuffer") return "its memory is shared (SharedArrayBuffer)";
  const { resizable, detached } = buffer as { readonly resizable?: boolean; readonly detached?: boolean };
  if (resizable === true) return "its buffer is resizable";
  return detached === true ? "its buffer is detached" : null;
}

function checkView(view: ArrayBufferView, buffers: SharedBuffers): string | null {
  const problem = checkBuffer(view.buffer);
  if (problem !== null) return problem;
  noteView(buffers, view);
  const length = viewTypeOf(view) === "DataView" ? 0 : (view as Uint8Array).length;
  return length <= MAX_LISTED_VIEW ? checkOwnKeys(view, length) : null;
}

function noteBuffer(buffers: SharedBuffers, buffer: ArrayBuffer): void {
  const use = buffers.get(buffer);
  if (use === undefined) buffers.set(buffer, { whole: true, views: [] });
  else use.whole = true;
}

function noteView(buffers: SharedBuffers, view: ArrayBufferView): void {
  const use = buffers.get(view.buffer) ?? { whole: false, views: [] };
  buffers.set(view.buffer, use);
  const range = { start: view.byteOffset, end: view.byteOffset + view.byteLength };
  use.whole ||= use.views.some((other) => other.start < range.end && range.start < other.end);
  use.views.push(range);
}

function checkOwnKeys(value: object, expected: number): string | null {
  return Reflect.ownKeys(value).length > expected ? extra(value) : null;
}

/** Some runtimes mark their own classes with symbols on the instance. */
function checkOwnNames(value: object): string | null {
  return Object.getOwnPropertyNames(value).length > 0 ? extra(value) : null;
}

function extra(value: object): string {
  return `it has properties of its own, which a ${tagOf(value)} does not keep`;
}

function checkLastIndex(value: RegExp): string | null {
  return Number.isInteger(value.lastIndex) && value.lastIndex >= 0 ? null : "its lastIndex is not a position";
}

function checkUrl(url: URL): string | null {
  return new URL(url.href).href === url.href ? null : "its address reads back as another one";
}

function checkSearchParams(params: URLSearchParams): string | null {
  const text = params.toString();
  return new URLSearchParams(text).toString() === text ? null : "its text reads back as another one";
}

const DURATION_FIELDS = [
  "years",
  "months",
  "weeks",
  "days",
  "hours",
  "minutes",
  "seconds",
  "milliseconds",
  "microseconds",
  "nanoseconds",
] as const;

function checkTemporal(value: object): string | null {
  const tag = tagOf(value);
  const type: TemporalClass | null = temporalClassOf(tag, value);
  const text = String(value);
  const revived = type?.from(text);
  if (revived === undefined || String(revived) !== text) return "its text reads back as another value";
  if (tag !== "Temporal.Duration") return null;
  // The text of a duration carries fractions of a second over: 1500 ms reads back as 1 s and 500 ms.
  const same = DURATION_FIELDS.every((field) =>
    Object.is(Reflect.get(value, field), Reflect.get(revived, field)),
  );
  return same ? null : "its fields are not balanced; call round() with the largest unit first";
}
