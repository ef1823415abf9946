/**
 * Reads CBOR (RFC 8949) as RivetKit's own engine writes payloads: plain data, dates, big integers, maps, sets, typed
 * arrays, regular expressions and errors.
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new CborReader(bytes);
  const value = reader.value();
  reader.end();
  return value;
}

const Major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;

const BREAK: unique symbol = Symbol("break");

const MAX_DEPTH = 512;

type TypedArrayOf = new (buffer: ArrayBuffer) => unknown;

/** RFC 8746, as little-endian machines write it. */
const TYPED_ARRAYS: Readonly<Record<number, TypedArrayOf>> = {
  64: Uint8Array,
  68: Uint8ClampedArray,
  69: Uint16Array,
  70: Uint32Array,
  71: BigUint64Array,
  72: Int8Array,
  77: Int16Array,
  78: Int32Array,
  79: BigInt64Array,
  85: Float32Array,
  86: Float64Array,
};

const ERROR_CLASSES: Readonly<Record<string, ErrorConstructor>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

class CborReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(): unknown {
    const value = this.#item();
    if (value === BREAK) throw malformed("a break stands where a value should");
    return value;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed("bytes follow the value");
  }

  #item(): unknown {
    if (++this.#depth > MAX_DEPTH) throw malformed("it is nested too deep");
    const head = this.#take(1)[0] as number;
    const major = head >> 5;
    const info = head & 31;
    const value = major === Major.simple ? this.#simple(info) : this.#ofMajor(major, info);
    this.#depth -= 1;
    return value;
  }

  #ofMajor(major: number, info: number): unknown {
    const length = info === 31 ? null : this.#argument(info);
    switch (major) {
      case Major.unsigned:
        return length;
      case Major.negative:
        return typeof length === "bigint" ? -1n - length : -1 - Number(length);
      case Major.bytes:
        return this.#string(length, (parts) => concat(parts as Uint8Array[]));
      case Major.text:
        return this.#string(length, (parts) => decoder.decode(concat(parts as Uint8Array[])));
      case Major.array:
        return this.#array(length);
      case Major.map:
        return Object.fromEntries(this.#pairs(length));
      default:
        return this.#tagged(Number(length));
    }
  }

  #argument(info: number): number | bigint {
    if (info < 24) return info;
    const size = 2 ** (info - 24);
    if (size > 8) throw malformed("a length of an unknown form");
    const at = this.#at;
    this.#take(size);
    if (size === 1) return this.#view.getUint8(at);
    if (size === 2) return this.#view.getUint16(at);
    if (size === 4) return this.#view.getUint32(at);
    return this.#view.getBigUint64(at);
  }

  #string(length: number | bigint | null, join: (parts: unknown[]) => unknown): unknown {
    if (length !== null) return join([this.#take(Number(length))]);
    const parts: unknown[] = [];
    for (let part = this.#chunk(); part !== null; part = this.#chunk()) parts.push(part);
    return join(parts);
  }

  #chunk(): Uint8Array | null {
    const head = this.#take(1)[0] as number;
    return head === 0xff ? null : this.#take(Number(this.#argument(head & 31)));
  }

  #array(length: number | bigint | null): unknown[] {
    const items: unknown[] = [];
    for (let i = 0; length === null || i < length; i++) {
      const item = this.#item();
      if (item === BREAK) break;
      items.push(item);
    }
    return items;
  }

  #pairs(length: number | bigint | null): [string, unknown][] {
    return this.#entries(length).map(([key, value]) => [String(key), value]);
  }

  #entries(length: number | bigint | null): [unknown, unknown][] {
    const entries: [unknown, unknown][] = [];
    for (let i = 0; length === null || i < length; i++) {
      const key = this.#item();
      if (key === BREAK) break;
      entries.push([key, this.value()]);
    }
    return entries;
  }

  #tagged(tag: number): unknown {
    // A map's tag stands before a map of any keys.
    if (tag === 259) return this.#map();
    const content = this.value();
    const typed = TYPED_ARRAYS[tag];
    if (typed !== undefined && content instanceof Uint8Array) return new typed(content.slice().buffer);
    switch (tag) {
      case 0:
        return new Date(String(content));
      case 1:
        return new Date(Number(content) * 1000);
      case 2:
        return bigInteger(content);
      case 3:
        return -1n - bigInteger(content);
      case 27:
        return built(content);
      case 258:
        return new Set(content as unknown[]);
      default:
        return content;
    }
  }

  #map(): Map<unknown, unknown> {
    const head = this.#take(1)[0] as number;
    if (head >> 5 !== Major.map) throw malformed("a map's tag stands before something else");
    return new Map(this.#entries((head & 31) === 31 ? null : this.#argument(head & 31)));
  }

  #simple(info: number): unknown {
    const at = this.#at;
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
        return null;
      case 23:
        return undefined;
      case 25:
        this.#take(2);
        return halfFloat(this.#view.getUint16(at));
      case 26:
        this.#take(4);
        return this.#view.getFloat32(at);
      case 27:
        this.#take(8);
        return this.#view.getFloat64(at);
      case 31:
        return BREAK;
      default:
        throw malformed(`the simple value ${info}`);
    }
  }

  #take(count: number): Uint8Array {
    const end = this.#at + count;
    if (!(count >= 0) || end > this.#bytes.length) throw malformed("it ends too early");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

const decoder = new TextDecoder();

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function bigInteger(content: unknown): bigint {
  let value = 0n;
  for (const byte of content as Uint8Array) value = value * 256n + BigInt(byte);
  return value;
}

/** Tag 27: a name and what an object of that name is made from. */
function built(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  const [kind, first, second] = content as unknown[];
  if (kind === "RegExp") return new RegExp(String(first), String(second ?? ""));
  const errorClass =
    typeof kind === "string" && Object.hasOwn(ERROR_CLASSES, kind) ? ERROR_CLASSES[kind] : undefined;
  return errorClass === undefined ? content : new errorClass(String(first));
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function malformed(problem: string): Error {
  return new Error(`A stored payload is not CBOR: ${problem}.`);
}
