import { CorruptionError } from "../model/errors/history-errors.ts";
import { isTerminal } from "../model/run.ts";
import type { KVEntry, RunImage } from "../storage/records.ts";
import { BareReader } from "./bare.ts";
import { decodeEntryRow } from "./entry-codec.ts";
import { type Digest, decodeHeader, digestWith, EMPTY_DIGEST, type RunHeader, sameDigest } from "./header.ts";
import { Journal } from "./journal.ts";
import { hex, KeySpace, parseKey } from "./key.ts";
import { namesNeededBy, type Segment, SegmentType } from "./location.ts";
import type { Place } from "./place.ts";
import { type RunSource, readRun } from "./read-run.ts";
import { openRow } from "./row.ts";
import { runTagOf } from "./run-tag.ts";

/**
 * Owns: reading a run back, and the checks that nothing of it is damaged, missing, swapped or stale (P15).
 */

/** A run as it was read. */
export interface LoadedRun {
  readonly image: RunImage;
  readonly journal: Journal;
}

/**
 * The run's history, or null when the run does not exist.
 * @throws CorruptionError when what is stored is not what was written; StorageError
 */
export async function loadJournal(workflowId: string, driver: RunSource): Promise<LoadedRun | null> {
  try {
    return await readJournal(workflowId, driver);
  } catch (error) {
    throw CorruptionError.is(error) ? error.of(workflowId) : error;
  }
}

async function readJournal(workflowId: string, driver: RunSource): Promise<LoadedRun | null> {
  const read = await readRun(driver);
  return read && { image: read.image, journal: journalOf(workflowId, read.image, read.rows) };
}

function journalOf(workflowId: string, image: RunImage, rows: readonly KVEntry[]): Journal {
  if (image.damage !== undefined) throw image.damage;
  const header = currentHeader(decodeHeader(runTagOf(workflowId), image.header), image);
  const journal = new Journal(workflowId, header);
  let digest: Digest = EMPTY_DIGEST;
  for (const row of rows) digest = digestWith(digest, adoptRow(journal, row));
  if (!sameDigest(digest, header.digest)) {
    throw new CorruptionError(
      "digest",
      "",
      `the run has ${digest.rows} rows where ${header.digest.rows} were written, or others than those: rows are missing, added, stale or of another run`,
    );
  }
  checkNames(journal);
  return journal;
}

/**
 * The header, if it is that of the run's last commit. A run that was held because its header could not be read has a row
 * that is one revision ahead: a header that was put back since is the right one, and the run is still held.
 */
function currentHeader(header: RunHeader, { revision, schedule }: RunImage): RunHeader {
  if (header.revision === revision) return header;
  const wasHeld = schedule?.status === "paused" && header.revision + 1 === revision;
  if (wasHeld && header.status !== "paused" && !isTerminal(header.status)) {
    return { ...header, revision, status: "paused", pause: "corruption" };
  }
  const problem = `the header is of revision ${header.revision}, the run of ${revision}: one of them is stale`;
  throw new CorruptionError("stale", "", problem);
}

/** Takes one row in; returns its checksum. */
function adoptRow(journal: Journal, row: KVEntry): number {
  const { body, checksum } = openRow(journal.runTag, row.key, row.value);
  const { space, segments } = parseKey(row.key);
  switch (space) {
    case KeySpace.entry: {
      const { entry, name } = decodeEntryRow(body, row.key);
      const place = journal.root.descend(segments);
      journal.adoptEntry(place, entry, checksum);
      if (name !== null) adoptToldName(journal, place, name);
      break;
    }
    case KeySpace.name: {
      const from = new BareReader(body, row.key);
      journal.adoptName((segments[0] as Segment).value, from.string());
      from.end();
      break;
    }
    case KeySpace.input:
    case KeySpace.output:
    case KeySpace.error:
    case KeySpace.hold:
    case KeySpace.cancelled:
    case KeySpace.undoing:
    case KeySpace.formerSeeds:
    case KeySpace.forkedAt:
      journal.adoptSingle(space, body, checksum);
      break;
    default:
      throw new CorruptionError("malformed", hex(row.key), "a row of an unknown kind");
  }
  return checksum;
}

/** A name that the row of an entry tells. */
function adoptToldName(journal: Journal, place: Place, name: string): void {
  const { segment, parent } = place;
  if (segment?.type !== SegmentType.name || parent !== journal.root) {
    throw new CorruptionError("malformed", hex(place.key), "a name where none can stand");
  }
  journal.adoptName(segment.value, name);
  place.tellsName = true;
}

/** The digest covers the registry too; this says so in better words should a release ever write one with holes. */
function checkNames(journal: Journal): void {
  const count = journal.names.length;
  for (let i = 0; i < count; i++) {
    if (journal.names[i] === undefined)
      throw new CorruptionError("missing", "", `name ${i} of the registry is missing`);
  }
  for (const place of journal.root.entries()) {
    const segment = place.segment;
    if (segment === null) continue;
    if (namesNeededBy(segment) > count) {
      throw new CorruptionError(
        "missing",
        hex(place.key),
        `its name ${segment.value} is not in the registry`,
      );
    }
  }
}
