/** Text as UTF-8 bytes and back: the payload's hot path, so short texts are done by hand. */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Below this length a loop is faster than the runtime's encoder. */
const SHORT = 48;
/** Texts that fit are encoded here and copied out; UTF-8 takes at most three bytes for one UTF-16 unit. */
const scratch = new Uint8Array(12 * 1024);

/** The UTF-8 bytes of well-formed text. */
export function encodeText(text: string): Uint8Array {
  if (text.length <= SHORT) {
    const bytes = encodeAscii(text);
    if (bytes !== null) return bytes;
  }
  if (text.length * 3 > scratch.length) return encoder.encode(text);
  return scratch.slice(0, encoder.encodeInto(text, scratch).written);
}

function encodeAscii(text: string): Uint8Array | null {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return null;
    bytes[i] = unit;
  }
  return bytes;
}

/** The text of UTF-8 bytes. Throws TypeError for anything else. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
