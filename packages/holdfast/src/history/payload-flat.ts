/**
 * The depth of a value in devalue's flat form: a JSON array in which values refer to each other by index.
 * Asked before anything is built from it, because a short text can describe a chain that exhausts the stack.
 */

type Flat = readonly unknown[];

/** A value is asked for its references once, when it is met first: in the parser's order, so with the parser's depth. */
interface Level {
  readonly references: readonly number[];
  next: number;
}

/** Begins an array with holes: length, then pairs of index and reference. */
const SPARSE = -7;
const LISTS: ReadonlySet<unknown> = new Set(["Set", "Map", "null"]);

/** Whether the value that `flat` describes is nested deeper than `maxDepth`. Malformed input is left to the parser. */
export function isTooDeepFlat(flat: unknown, maxDepth: number): boolean {
  // Every level is a value of its own.
  if (!Array.isArray(flat) || flat.length <= maxDepth) return false;
  return depthExceeds(flat, maxDepth);
}

function depthExceeds(flat: Flat, maxDepth: number): boolean {
  const met = new Uint8Array(flat.length);
  // The first level is no value: it refers to the root.
  const stack: Level[] = [{ references: [0], next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const index = top.references[top.next++];
    if (index === undefined) {
      stack.pop();
    } else if (met[index] === 0) {
      met[index] = 1;
      const references = referencesOf(flat[index]);
      if (references.length > 0 && stack.push({ references, next: 0 }) > maxDepth + 1) return true;
    }
  }
  return false;
}

function referencesOf(node: unknown): readonly number[] {
  if (typeof node !== "object" || node === null) return [];
  if (!Array.isArray(node)) return Object.values(node).filter(isReference);
  const items: Flat = node;
  if (typeof items[0] === "string" && !LISTS.has(items[0])) return items.slice(1, 2).filter(isReference);
  if (items[0] === SPARSE)
    return items.filter(
      (item, position) => position % 2 === 1 && position > 1 && isReference(item),
    ) as number[];
  return items.filter(isReference);
}

function isReference(item: unknown): item is number {
  return typeof item === "number" && item >= 0;
}
