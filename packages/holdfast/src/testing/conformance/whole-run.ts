import { compareBytes } from "../../storage/byte-order.ts";
import type { EngineDriver } from "../../storage/driver.ts";
import type { KVEntry, RunImage } from "../../storage/records.ts";
import { expectTrue } from "./expectations.ts";

/** All rows under a prefix, behind a key if one is given: a page is as long as the driver likes. */
export async function rowsUnder(
  driver: EngineDriver,
  prefix: Uint8Array,
  after?: Uint8Array,
): Promise<KVEntry[]> {
  const rows: KVEntry[] = [];
  for (let last = after; ; last = rows.at(-1)?.key) {
    const page = await (last === undefined ? driver.list(prefix) : driver.list(prefix, { after: last }));
    const [first] = page;
    if (first === undefined) return rows;
    expectTrue(
      last === undefined || compareBytes(first.key, last) > 0,
      "a page behind the key that it is asked for after",
    );
    for (const entry of page) rows.push(entry);
  }
}

/** The run with all of its rows: the image holds as many as the driver likes. */
export async function wholeRun(driver: EngineDriver): Promise<RunImage | null> {
  const image = await driver.load();
  if (image === null || image.complete) return image;
  const rest = await rowsUnder(driver, new Uint8Array(0), image.entries.at(-1)?.key);
  return { ...image, entries: [...image.entries, ...rest], complete: true };
}
