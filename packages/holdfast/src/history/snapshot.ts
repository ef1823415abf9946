import { isPromise } from "../model/is-promise.ts";
import type { HistorySnapshot, SnapshotEntry } from "../model/snapshot.ts";
import type { Entry } from "./entry.ts";
import { describeFailure } from "./failure.ts";
import type { Journal } from "./journal.ts";
import { SegmentType } from "./location.ts";
import { recordedPayload } from "./message-body.ts";
import { decodeMessages } from "./message-record.ts";
import type { PayloadCodec } from "./payload.ts";
import type { Place } from "./place.ts";
import type { Standing } from "./superseded.ts";

/** What is stored of a run as of its last commit. Several may be given it, so it is frozen. Payloads are decoded only when they are asked for. */
export function takeSnapshot(journal: Journal, codec: PayloadCodec): HistorySnapshot {
  const standing = [...journal.standing].sort((a, b) => compareKeys(a.place.key, b.place.key));
  return Object.freeze({
    workflowId: journal.workflowId,
    workflowName: journal.header.workflowName,
    status: journal.header.status,
    revision: journal.header.revision,
    createdAt: journal.header.createdAt,
    entries: Object.freeze(standing.map((one) => snapshotEntry(journal, codec, one))),
  });
}

function snapshotEntry(journal: Journal, codec: PayloadCodec, { place, entry }: Standing): SnapshotEntry {
  const failed = entry.status === "failed" ? entry.result : entry.kind === "step" ? entry.extra : null;
  return Object.freeze({
    id: journal.format(place),
    name: nameOf(journal, place),
    kind: entry.kind,
    status: entry.status,
    sequence: entry.sequence,
    attempts: entry.kind === "step" ? entry.count : 0,
    createdAt: entry.createdAt,
    settledAt: entry.status === "pending" || entry.settledAt === 0 ? null : entry.settledAt,
    dueAt: entry.dueAt,
    count: entry.count,
    compensated: entry.compensation?.done === true,
    output: () => outputOf(entry, codec),
    error: failed === null ? null : Object.freeze(describeFailure(failed)),
  });
}

function outputOf(entry: Entry, codec: PayloadCodec): unknown {
  if (entry.status !== "completed" || entry.result === null) return undefined;
  if (entry.kind !== "message") return codec.decode(entry.result);
  const messages = decodeMessages(entry.result).map(({ id, name, createdAt, body: stored }) => {
    const whole = (body: unknown): unknown => ({ id, name, createdAt, body });
    const decoded = codec.decode(recordedPayload(stored));
    return isPromise(decoded) ? decoded.then(whole) : whole(decoded);
  });
  return messages.some(isPromise) ? Promise.all(messages) : messages;
}

/** The nearest name on the way to the root: derived segments have none of their own. */
function nameOf(journal: Journal, place: Place): string {
  for (let at: Place | null = place; at !== null; at = at.parent) {
    const { segment } = at;
    if (segment === null) break;
    if (
      segment.type === SegmentType.name ||
      segment.type === SegmentType.branch ||
      segment.type === SegmentType.send
    ) {
      return journal.nameOf(segment.value);
    }
  }
  return "";
}

/** Unsigned byte order. */
function compareKeys(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
