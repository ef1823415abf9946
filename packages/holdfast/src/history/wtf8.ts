/**
 * Text as bytes: UTF-8, extended so that every JavaScript string has exactly one encoding. A lone surrogate, which
 * UTF-8 cannot express, is written as the three bytes that its number would take (WTF-8). Well-formed text is plain
 * UTF-8 byte for byte, so keys stay readable from SQL.
 *
 * The decoder takes only what the encoder writes: overlong forms, numbers above U+10FFFF and surrogate pairs written as
 * two halves are refused, because two encodings of one name would be two names.
 */

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes that `text` takes. */
export function wtf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) {
      // A pair is two units and four bytes.
      i++;
    }
  }
  return length;
}

/** Writes `text` at `offset` and returns the offset after it. The target must have `wtf8Length(text)` bytes left. */
export function writeWtf8(text: string, target: Uint8Array, offset: number): number {
  let to = offset;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      target[to++] = code;
      continue;
    }
    if (isHigh(code)) {
      const low = text.charCodeAt(i + 1);
      if (isLow(low)) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        i++;
      }
    }
    if (code < 0x800) {
      target[to++] = 0xc0 | (code >> 6);
    } else {
      if (code < 0x10000) {
        target[to++] = 0xe0 | (code >> 12);
      } else {
        target[to++] = 0xf0 | (code >> 18);
        target[to++] = 0x80 | ((code >> 12) & 0x3f);
      }
      target[to++] = 0x80 | ((code >> 6) & 0x3f);
    }
    target[to++] = 0x80 | (code & 0x3f);
  }
  return to;
}

/** The text of `bytes`, or null when they are not what the encoder writes. */
export function readWtf8(bytes: Uint8Array): string | null {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    // Damaged, or text with lone surrogates, which is rare enough for the slow way.
    return readGeneral(bytes);
  }
}

function readGeneral(bytes: Uint8Array): string | null {
  let text = "";
  let previousWasHigh = false;
  for (let offset = 0; offset < bytes.length; ) {
    const size = sequenceSize(bytes[offset] as number);
    const code = size === 0 ? -1 : codeAt(bytes, offset, size);
    if (code === -1 || (previousWasHigh && isLow(code))) return null;
    previousWasHigh = isHigh(code);
    text += String.fromCodePoint(code);
    offset += size;
  }
  return text;
}

function sequenceSize(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

const LEAD_BITS = [0, 0x7f, 0x1f, 0x0f, 0x07] as const;
const SMALLEST = [0, 0, 0x80, 0x800, 0x10000] as const;

function codeAt(bytes: Uint8Array, offset: number, size: number): number {
  if (offset + size > bytes.length) return -1;
  let code = (bytes[offset] as number) & (LEAD_BITS[size] as number);
  for (let i = 1; i < size; i++) {
    const byte = bytes[offset + i] as number;
    if ((byte & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (byte & 0x3f);
  }
  return code < (SMALLEST[size] as number) || code > 0x10ffff ? -1 : code;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
