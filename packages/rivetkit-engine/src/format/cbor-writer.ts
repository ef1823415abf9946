/** Writes CBOR (RFC 8949) that RivetKit's own engine reads. */
export function encodeCbor(value: unknown): Uint8Array {
  const out: number[] = [];
  write(out, value, 0);
  return Uint8Array.from(out);
}

const MAX_DEPTH = 512;

const TAGS = { epoch: 1, positive: 2, negative: 3, built: 27, bytes: 64, set: 258, map: 259 } as const;

function write(out: number[], value: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw new Error("The value is nested too deep to be stored.");
  switch (typeof value) {
    case "undefined":
      out.push(0xf7);
      return;
    case "boolean":
      out.push(value ? 0xf5 : 0xf4);
      return;
    case "number":
      writeNumber(out, value);
      return;
    case "bigint":
      writeBigInt(out, value);
      return;
    case "string":
      writeText(out, value);
      return;
    case "object":
      writeObject(out, value, depth);
      return;
    default:
      throw new Error(`A ${typeof value} cannot be stored.`);
  }
}

function writeObject(out: number[], value: object | null, depth: number): void {
  if (value === null) out.push(0xf6);
  else if (Array.isArray(value)) writeArray(out, value, depth);
  else if (value instanceof Date) {
    head(out, 6, TAGS.epoch);
    writeFloat(out, value.getTime() / 1000);
  } else if (value instanceof Uint8Array) {
    head(out, 6, TAGS.bytes);
    writeBytes(out, value);
  } else if (value instanceof Map) {
    head(out, 6, TAGS.map);
    writePairs(out, [...value], depth);
  } else if (value instanceof Set) {
    head(out, 6, TAGS.set);
    writeArray(out, [...value], depth);
  } else if (value instanceof Error) {
    head(out, 6, TAGS.built);
    writeArray(out, [value.name, value.message], depth);
  } else writePairs(out, Object.entries(value), depth);
}

function writeArray(out: number[], items: readonly unknown[], depth: number): void {
  head(out, 4, items.length);
  for (const item of items) write(out, item, depth + 1);
}

function writePairs(out: number[], pairs: readonly (readonly [unknown, unknown])[], depth: number): void {
  head(out, 5, pairs.length);
  for (const [key, value] of pairs) {
    write(out, key, depth + 1);
    write(out, value, depth + 1);
  }
}

function writeNumber(out: number[], value: number): void {
  const whole = Number.isInteger(value) && Math.abs(value) < 2 ** 32 && !Object.is(value, -0);
  if (!whole) writeFloat(out, value);
  else if (value >= 0) head(out, 0, value);
  else head(out, 1, -1 - value);
}

function writeFloat(out: number[], value: number): void {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  out.push(0xfb, ...bytes);
}

function writeBigInt(out: number[], value: bigint): void {
  const positive = value >= 0n;
  const magnitude = positive ? value : -1n - value;
  const hex = magnitude.toString(16);
  const digits = hex.length % 2 === 0 ? hex : `0${hex}`;
  head(out, 6, positive ? TAGS.positive : TAGS.negative);
  writeBytes(
    out,
    Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
  );
}

function writeText(out: number[], value: string): void {
  const bytes = new TextEncoder().encode(value);
  head(out, 3, bytes.length);
  for (const byte of bytes) out.push(byte);
}

function writeBytes(out: number[], value: Uint8Array): void {
  head(out, 2, value.length);
  for (const byte of value) out.push(byte);
}

/** The major type, and a length, number or tag. */
function head(out: number[], major: number, argument: number): void {
  const type = major << 5;
  if (argument < 24) out.push(type | argument);
  else if (argument < 2 ** 8) out.push(type | 24, argument);
  else if (argument < 2 ** 16) out.push(type | 25, argument >> 8, argument & 255);
  else out.push(type | 26, ...[24, 16, 8, 0].map((shift) => (argument >>> shift) & 255));
}
