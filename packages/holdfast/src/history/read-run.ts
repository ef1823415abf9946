import { StorageError } from "../model/errors/storage-errors.ts";
import type { EngineDriver } from "../storage/driver.ts";
import { NO_LIMIT } from "../storage/page.ts";
import type { KVEntry, RunImage } from "../storage/records.ts";

/** What a run is read from. */
export type RunSource = Pick<EngineDriver, "load" | "list">;

/** A run's header and all of its rows, as of one commit. */
export interface ReadRun {
  readonly image: RunImage;
  readonly rows: readonly KVEntry[];
}

/** A run that is committed to while its pages are read is read by pages so often, and then at once. */
const PAGED_READS = 3;
const MOST_READS = 12;
const EVERY_KEY = new Uint8Array(0);

/**
 * Null when the run does not exist. Pages are read one after the other: a commit in between shows in the revision, and then all is
 * read again.
 * @throws StorageError when the run changes again and again while it is read
 */
export async function readRun(driver: RunSource): Promise<ReadRun | null> {
  for (let reads = 1; reads <= MOST_READS; reads++) {
    const read = reads <= PAGED_READS ? await readByPages(driver) : await readAtOnce(driver);
    if (read !== "changed") return read;
  }
  throw new StorageError(
    `A run was committed to each of the ${MOST_READS} times that its history was read. Try again, or read it when it rests.`,
    { outcome: "not-applied", retryable: true },
  );
}

async function readByPages(driver: RunSource): Promise<ReadRun | null | "changed"> {
  const image = await driver.load();
  if (image === null) return null;
  if (image.complete) return { image, rows: image.entries };
  const rows = [...image.entries];
  for (;;) {
    const after = rows.at(-1)?.key;
    const page = await driver.list(EVERY_KEY, after === undefined ? {} : { after });
    if (page.length === 0) break;
    for (const row of page) rows.push(row);
  }
  return isStill(image, await driver.load()) ? { image, rows } : "changed";
}

/** Asked for in one breath, so that a driver that takes its calls one after the other lets no commit in between. */
async function readAtOnce(driver: RunSource): Promise<ReadRun | null | "changed"> {
  const [image, rows, now] = await Promise.all([
    driver.load(),
    driver.list(EVERY_KEY, { limit: NO_LIMIT }),
    driver.load(),
  ]);
  if (image === null) return null;
  return isStill(image, now) ? { image, rows } : "changed";
}

function isStill(image: RunImage, now: RunImage | null): boolean {
  return now?.revision === image.revision && now.epoch === image.epoch;
}
