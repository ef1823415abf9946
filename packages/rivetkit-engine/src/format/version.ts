import { BareReader, BareWriter } from "holdfast/embedding";

/** The version that RivetKit 2.3 writes in front of entries and metadata. */
const VERSION = 1;

/** @throws Error when the bytes are of another version. */
export function readVersion(bytes: Uint8Array, what: string): BareReader {
  const version = (bytes[0] ?? 0) + (bytes[1] ?? 0) * 256;
  if (version !== VERSION) {
    throw new Error(
      `The stored form of ${what} has version ${version}; this release reads version ${VERSION}.`,
    );
  }
  return new BareReader(bytes, what, 2);
}

export function writeVersion(): BareWriter {
  const out = new BareWriter();
  out.u8(VERSION);
  out.u8(0);
  return out;
}
