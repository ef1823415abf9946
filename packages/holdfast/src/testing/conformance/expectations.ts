import { HoldfastError } from "../../model/errors/holdfast-error.ts";
import type { RunImage } from "../../storage/records.ts";

/** Thrown by a conformance case whose subject does not do what the port says. */
export class ConformanceError extends Error {
  override readonly name = "ConformanceError";
}

export function expectTrue(condition: boolean, what: string): asserts condition {
  if (!condition) throw new ConformanceError(`Expected: ${what}.`);
}

/** What a case needs of its subject besides the port. A subject that cannot offer it excuses the case by its id. */
export function expectOffered<Offer>(offer: Offer | undefined, name: string): Offer {
  if (offer !== undefined) return offer;
  throw new ConformanceError(
    `The subject offers no \`${name}\`. Add it to what open() gives, or excuse the case with the reason.`,
  );
}

/** Compares plain data and bytes by their contents. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (sameData(actual, expected)) return;
  throw new ConformanceError(`${what}: expected ${show(expected)}, got ${show(actual)}.`);
}

/** Compares a run as it was loaded; what the storage tells of its schedule is another case's. */
export function expectImage(
  image: RunImage | null,
  expected: Omit<RunImage, "schedule">,
  what: string,
): void {
  const { schedule: _, ...told } = image ?? {};
  expectEqual(told, expected, what);
}

/** The error that `promise` rejects with, which has to be a `HoldfastError` with this code. */
export async function expectRejection(
  promise: Promise<unknown>,
  code: string,
  what: string,
): Promise<HoldfastError> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    if (HoldfastError.is(error) && error.code === code) return error;
    throw new ConformanceError(`${what}: expected an error with the code ${code}, got ${String(error)}.`, {
      cause: error,
    });
  }
  throw new ConformanceError(`${what}: expected an error with the code ${code}, got ${show(value)}.`);
}

function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b) || a instanceof Uint8Array !== b instanceof Uint8Array)
    return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) &&
      sameData((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) =>
    part instanceof Uint8Array ? `bytes ${part.join(",")}` : part,
  );
  if (text === undefined) return String(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}
