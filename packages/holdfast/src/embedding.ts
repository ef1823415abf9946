// An inner door, not published: what packages of this repository build on that put the engine in another one's place.
// They bundle it, so it may change with every release.

export { LiveRun } from "./engine/live/live-run.ts";
export type { RunResult } from "./engine/live/run-handle.ts";
export { Operator } from "./engine/operators/operator.ts";
export { resumeRun } from "./engine/operators/pause.ts";
export { recoverRun } from "./engine/operators/recover.ts";
export { forgetFrom } from "./engine/operators/rewind.ts";
export { Committer } from "./engine/pass/committer.ts";
export { reportOf } from "./engine/pass/open-pass.ts";
export { Outbox } from "./engine/pass/outbox.ts";
export type { EngineSettings, HostedPass } from "./engine/pass/pass-settings.ts";

// Histories: reading one, and making one from another format.

export { openValue, sealValue } from "./drivers/kv/kv-seal.ts";
export { answerPlace } from "./history/answers.ts";
export { BareReader, BareWriter } from "./history/bare.ts";
export { type Entry, type EntryKind, newEntry } from "./history/entry.ts";
export { decodeFailure, encodeFailure } from "./history/failure.ts";
export { EMPTY_DIGEST, type RunHeader } from "./history/header.ts";
export { Journal } from "./history/journal.ts";
export { loadJournal } from "./history/journal-load.ts";
export { KeySpace } from "./history/key.ts";
export { type Segment, SegmentType } from "./history/location.ts";
export { frameBody, recordedPayload } from "./history/message-body.ts";
export { decodeMessages, encodeMessages, type RecordedMessage } from "./history/message-record.ts";
export { defaultCodec } from "./history/payload.ts";
export type { Place } from "./history/place.ts";
export { decodeRunFailure, encodeRunFailure } from "./history/run-failure.ts";
export { SerialSection } from "./storage/serial-section.ts";
export { engineSettings } from "./system/engine-settings.ts";
