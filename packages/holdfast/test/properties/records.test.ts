import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ENTRY_KINDS, type Entry } from "../../src/history/entry.ts";
import { decodeEntry, encodeEntry } from "../../src/history/entry-codec.ts";
import { decodeHeader, encodeHeader, type RunHeader } from "../../src/history/header.ts";
import { decodeMessages, encodeMessages } from "../../src/history/message-record.ts";
import { openRow, sealRow } from "../../src/history/row.ts";
import { RUN_STATES } from "../../src/model/run.ts";

const RUNS = { numRuns: 1_000 };
const bytes = fc.uint8Array({ maxLength: 40 });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const instant = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n));
const entry: fc.Arbitrary<Entry> = fc.record({
  kind: fc.constantFrom(...ENTRY_KINDS),
  status: fc.constantFrom("pending", "completed", "failed"),
  sequence: fc.maxSafeNat(),
  askedAfter: fc.maxSafeNat(),
  createdAt: instant,
  settledAt: instant,
  dueAt: maybe(instant),
  count: fc.maxSafeNat(),
  armed: fc.boolean(),
  leftover: fc.boolean(),
  result: maybe(bytes),
  extra: maybe(bytes),
  detail: maybe(bytes),
  compensation: maybe(
    fc.record({
      attempts: fc.maxSafeNat(),
      retryAt: maybe(instant),
      done: fc.boolean(),
      failure: maybe(bytes),
    }),
  ),
});
const text = fc.string({ maxLength: 20, unit: "binary" });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const header: fc.Arbitrary<RunHeader> = fc.record({
  status: fc.constantFrom(...RUN_STATES),
  epoch: fc.maxSafeNat(),
  revision: fc.maxSafeNat(),
  sequence: fc.maxSafeNat(),
  wakeAt: maybe(instant),
  workflowName: text,
  workflowVersion: maybe(text),
  createdAt: instant,
  lastTime: instant,
  seed: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  digest: fc.record({ rows: fc.maxSafeNat(), low: u32, high: u32 }),
  rollback: fc.constantFrom("none", "failure", "cancel"),
  pause: maybe(fc.constantFrom("operator", "divergence", "corruption", "crash-loop", "limit")),
  barrenStarts: fc.maxSafeNat(),
  checkpointAt: fc.maxSafeNat(),
});

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
