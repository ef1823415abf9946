/**
 * Whether two values are the same in every way that a program can tell, but for frozenness and identity: prototypes,
 * property order and attributes, the pattern of shared references. Stricter than the matchers of test runners.
 */
export function difference(a: unknown, b: unknown): string | null {
  return new Comparison().compare(a, b, "value");
}

class Comparison {
  readonly #partners = new Map<object, object>();

  compare(a: unknown, b: unknown, path: string): string | null {
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
      return Object.is(a, b) ? null : `${path}: ${String(a)} and ${String(b)}`;
    }
    const partner = this.#partners.get(a);
    if (partner !== undefined) return partner === b ? null : `${path}: references are shared differently`;
    if (this.#partners.has(b) && this.#partners.get(b) !== a)
      return `${path}: references are shared differently`;
    this.#partners.set(a, b);
    this.#partners.set(b, a);
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${path}: prototypes differ`;
    return this.#slots(a, b, path) ?? this.#properties(a, b, path);
  }

  #slots(a: object, b: object, path: string): string | null {
    if (a instanceof Date) return this.compare(a.getTime(), (b as Date).getTime(), `${path}.time`);
    if (a instanceof RegExp) return this.compare(String(a), String(b), `${path}.text`);
    if (a instanceof URL || a instanceof URLSearchParams)
      return this.compare(String(a), String(b), `${path}.text`);
    if (a instanceof Map)
      return this.#items([...a.entries()].flat(), [...(b as typeof a).entries()].flat(), `${path}.entry`);
    if (a instanceof Set) return this.#items([...a], [...(b as typeof a)], `${path}.value`);
    if (a instanceof ArrayBuffer)
      return this.#items([...new Uint8Array(a)], [...new Uint8Array(b as ArrayBuffer)], path);
    if (a instanceof DataView) {
      const other = b as DataView;
      return this.#items(bytesOf(a), bytesOf(other), path);
    }
    return null;
  }

  #items(a: readonly unknown[], b: readonly unknown[], path: string): string | null {
    if (a.length !== b.length) return `${path}: ${a.length} items and ${b.length}`;
    for (const [i, item] of a.entries()) {
      const found = this.compare(item, b[i], `${path}#${i}`);
      if (found !== null) return found;
    }
    return null;
  }

  #properties(a: object, b: object, path: string): string | null {
    const isError = a instanceof Error;
    const keys = Reflect.ownKeys(a);
    const others = Reflect.ownKeys(b);
    // The order of an error's own properties is the runtime's; its data comes in order, after the rest.
    const same = isError
      ? keys.length === others.length && keys.every((key) => others.includes(key))
      : String(keys) === String(others);
    if (!same) return `${path}: keys ${String(keys)} and ${String(others)}`;
    for (const key of keys) {
      const name = `${path}.${String(key)}`;
      if (key === "length") continue;
      const enumerable = Object.prototype.propertyIsEnumerable.call(a, key);
      if (enumerable !== Object.prototype.propertyIsEnumerable.call(b, key))
        return `${name}: enumerable differs`;
      const found = this.compare(Reflect.get(a, key), Reflect.get(b, key), name);
      if (found !== null) return found;
    }
    return Array.isArray(a) ? this.compare(a.length, (b as unknown[]).length, `${path}.length`) : null;
  }
}

function bytesOf(view: DataView): number[] {
  return [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)];
}
