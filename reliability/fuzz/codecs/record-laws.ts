import fc, { type Arbitrary } from "fast-check";
import {
  decodeMessage,
  decodeQueuedId,
  encodeMessage,
  encodeQueuedId,
  type QueuedId,
} from "#holdfast/drivers/kv/kv-records.ts";
import { decodeEntry, encodeEntry } from "#holdfast/history/entry-codec.ts";
import { decodeFailure, encodeFailure } from "#holdfast/history/failure.ts";
import { decodeHeader, encodeHeader } from "#holdfast/history/header.ts";
import { bodyPayload, frameBody } from "#holdfast/history/message-body.ts";
import { decodeMessages, encodeMessages } from "#holdfast/history/message-record.ts";
import { openRow, sealRow } from "#holdfast/history/row.ts";
import { decodeKeys, decodeRunFailure, encodeKeys, encodeRunFailure } from "#holdfast/history/run-failure.ts";
import { defaultCodec } from "#holdfast/index.ts";
import { storable } from "../../../packages/holdfast/test/history/payload-values.ts";
import {
  bytes,
  entry,
  header,
  instant,
  plain,
  text,
} from "../../../packages/holdfast/test/history/record-values.ts";
import { decoderLaws, sealedLaw } from "./decoder-laws.ts";
import type { Decoder, Law } from "./law.ts";

const RUN_TAG = 0x1234_5678;
const ROW_KEY = Uint8Array.of(0x10, 1, 1, 7);
const PLACE = { workflowId: "a/\ud800", key: ROW_KEY };
const OWNER = { workflowId: "run", id: "message", name: "go" };

const recorded = plain({
  id: text,
  name: text,
  createdAt: instant,
  completable: fc.boolean(),
  body: bytes,
});
const whole = fc.integer();
const queued: Arbitrary<QueuedId> = plain({
  position: whole,
  name: text,
  remember: fc.boolean(),
  seal: fc.nat(),
});
const message = plain({
  id: text,
  name: text,
  createdAt: whole,
  expiresAt: fc.option(whole, { nil: null }),
  completable: fc.boolean(),
  remember: fc.boolean(),
  body: bytes,
});

const payloads: Decoder<unknown> = {
  values: storable,
  encode: (value) => defaultCodec.encode(value, "output"),
  decode: defaultCodec.decode,
};

function likeness(thrown: unknown): unknown {
  return decodeFailure(encodeFailure(thrown));
}

/** Decoders of what stands inside a frame: their bytes have no checksum of their own. */
const bare: Law[] = [
  ...decoderLaws("payload", payloads),
  ...decoderLaws("entry", {
    values: entry,
    encode: encodeEntry,
    // A time that is absent is 0, and is not told from -0.
    decode: (stored) => {
      const decoded = decodeEntry(stored, "key");
      return { ...decoded, settledAt: decoded.settledAt + 0 };
    },
  }),
  ...decoderLaws("received messages", {
    values: fc.array(recorded, { maxLength: 4 }),
    encode: encodeMessages,
    decode: decodeMessages,
  }),
  ...decoderLaws("keys of origins", {
    values: fc.array(bytes, { maxLength: 4 }),
    encode: encodeKeys,
    decode: decodeKeys,
  }),
  ...decoderLaws("run failure", {
    values: plain({
      failure: bytes,
      origins: fc.array(bytes, { maxLength: 3 }),
      rollbackFailure: fc.option(bytes, { nil: null }),
    }),
    encode: encodeRunFailure,
    decode: decodeRunFailure,
  }),
  ...decoderLaws("failure", {
    // What came back once is what comes back from then on: what cannot be stored is stored as its likeness.
    values: storable.map(likeness),
    encode: encodeFailure,
    decode: (stored) => likeness(decodeFailure(stored)),
  }),
];

/** Frames with a checksum. */
const sealed: Law[] = [
  sealedLaw("row", {
    values: bytes,
    encode: (body) => sealRow(RUN_TAG, ROW_KEY, body).value,
    decode: (value) => openRow(RUN_TAG, ROW_KEY, value).body,
  }),
  sealedLaw("header", {
    values: header,
    encode: (value) => encodeHeader(RUN_TAG, value),
    decode: (stored) => decodeHeader(RUN_TAG, stored),
  }),
  sealedLaw("message of a namespace", {
    values: message,
    encode: (value) => encodeMessage(PLACE, value),
    decode: (stored) => decodeMessage(PLACE, stored),
  }),
  sealedLaw("place of a message in a namespace", {
    values: queued,
    encode: (value) => encodeQueuedId(PLACE, value),
    decode: (stored) => decodeQueuedId(PLACE, stored),
  }),
  sealedLaw("body of a queued message", {
    // Without its frame a body is taken as it is: then its payload has to be refused.
    values: storable,
    encode: (value) => frameBody(OWNER, defaultCodec.encode(value, "body")),
    decode: (body) => defaultCodec.decode(bodyPayload(OWNER, body)),
  }),
];

export const recordLaws: readonly Law[] = [...bare, ...sealed];
