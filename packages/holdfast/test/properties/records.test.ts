import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEntry, encodeEntry } from "../../src/history/entry-codec.ts";
import { decodeHeader, encodeHeader } from "../../src/history/header.ts";
import { decodeMessages, encodeMessages } from "../../src/history/message-record.ts";
import { openRow, sealRow } from "../../src/history/row.ts";
import { bytes, entry, header, instant, text, u32 } from "../history/record-values.ts";

const RUNS = { numRuns: 1_000 };
/** What a decoder makes of bytes: a value, or an error that says they are damaged. */
function decodedOrCorrupt(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    expect((error as { code: string }).code).toBe("CORRUPTION");
  }
}

describe("stored records", () => {
  it("entries come back as they were", () => {
    fc.assert(
      fc.property(entry, (value) => {
        expect(decodeEntry(encodeEntry(value), "key")).toEqual(value);
      }),
      RUNS,
    );
  });

  it("headers come back as they were", () => {
    fc.assert(
      fc.property(u32, header, (tag, value) => {
        expect(decodeHeader(tag, encodeHeader(tag, value))).toEqual(value);
      }),
      RUNS,
    );
  });

  it("messages come back as they were", () => {
    const message = fc.record({
      id: text,
      name: text,
      createdAt: instant,
      completable: fc.boolean(),
      body: bytes,
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
        expect(decodeMessages(encodeMessages(messages))).toEqual(messages);
      }),
      RUNS,
    );
  });

  it("bytes that are no record are refused as corrupt, and nothing else happens", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (garbage) => {
        decodedOrCorrupt(() => decodeEntry(garbage, "key"));
        decodedOrCorrupt(() => decodeMessages(garbage));
        expect(() => decodeHeader(1, garbage)).toThrow(expect.objectContaining({ code: "CORRUPTION" }));
      }),
      RUNS,
    );
  });

  it("a row with a changed byte, under another key or of another run is refused", () => {
    fc.assert(
      fc.property(
        u32,
        bytes,
        bytes,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (tag, key, body, at, flip) => {
          const { value } = sealRow(tag, key, body);
          expect(openRow(tag, key, value).body).toEqual(body);
          const damaged = value.slice();
          const index = at % value.length;
          damaged[index] = (damaged[index] as number) ^ flip;
          const refused = expect.objectContaining({ code: "CORRUPTION" });
          expect(() => openRow(tag, key, damaged)).toThrow(refused);
          expect(() => openRow(tag, Uint8Array.of(...key, 1), value)).toThrow(refused);
          expect(() => openRow((tag ^ 1) >>> 0, key, value)).toThrow(refused);
          expect(() => openRow(tag, key, value.subarray(0, index))).toThrow(refused);
        },
      ),
      RUNS,
    );
  });
});
