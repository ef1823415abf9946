/**
 * JSON where JSON is exact: most of what steps return.
 *
 * Owns: the fast answer whether `JSON.parse(JSON.stringify(value))` is the value, and the checks of JSON that comes back.
 * Does not own: saying why a value cannot be stored; a "no" here only means a longer look.
 */

/** What has been met so far. Most values are one object, or a few: a set is made when the second one comes. */
interface Seen {
  readonly root: object;
  objects: Set<object> | null;
}

/**
 * Whether JSON gives this object back exactly, shared references included: a value that holds an object twice is not
 * exact, because the copies would be two. May throw what getters and proxies throw.
 */
export function isExactJson(root: object, maxDepth: number): boolean {
  // Somebody may have taught all objects to change themselves.
  if ((Array.prototype as { toJSON?: unknown }).toJSON !== undefined) return false;
  return isExactObject(root, { root, objects: null }, maxDepth);
}

function isExact(value: unknown, seen: Seen, levels: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      return value === null || (isNew(value, seen) && isExactObject(value, seen, levels));
    default:
      return false;
  }
}

function isNew(value: object, seen: Seen): boolean {
  seen.objects ??= new Set([seen.root]);
  const { size } = seen.objects;
  return seen.objects.add(value).size > size;
}

function isExactObject(value: object, seen: Seen, levels: number): boolean {
  if (levels === 0) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return Array.isArray(value) && isExactArray(value, seen, levels);
  if (prototype !== Object.prototype || Object.getOwnPropertySymbols(value).length > 0) return false;
  const keys = Object.getOwnPropertyNames(value);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    // An accessor has no value, and `undefined` is not JSON either.
    if (descriptor?.enumerable !== true || !isExact(descriptor.value, seen, levels - 1)) return false;
    if (key === "__proto__") return false;
  }
  return true;
}

function isExactArray(value: readonly unknown[], seen: Seen, levels: number): boolean {
  for (let i = 0; i < value.length; i++) {
    // A hole reads as undefined.
    if (!isExact(value[i], seen, levels - 1)) return false;
  }
  return Object.keys(value).length === value.length && Object.getOwnPropertySymbols(value).length === 0;
}

/** Whether JSON text nests deeper than `maxDepth`: asked before it is parsed. */
export function isTooDeep(text: string, maxDepth: number): boolean {
  // Each level takes two characters at least.
  if (text.length <= 2 * maxDepth) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (inString) {
      if (unit === 0x5c) i++;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) {
      inString = true;
    } else if (unit === 0x5b || unit === 0x7b) {
      if (++depth > maxDepth) return true;
    } else if (unit === 0x5d || unit === 0x7d) {
      depth--;
    }
  }
  return false;
}

/** Whether parsed JSON has an own key `__proto__` anywhere. The text is asked first, and it hardly ever has. */
export function hasProtoKey(text: string, value: unknown): boolean {
  if (!text.includes("__proto__") && !text.includes("\\u00")) return false;
  return findProtoKey(value);
}

function findProtoKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(findProtoKey);
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(findProtoKey);
}
