import type { EngineDriver, ListPage } from "../../storage/driver.ts";
import type { KVEntry } from "../../storage/records.ts";
import { casesOf } from "./conformance-case.ts";
import { type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual, expectTrue } from "./expectations.ts";
import { batch, bytes, row } from "./samples.ts";
import { rowsUnder } from "./whole-run.ts";

const ALL = bytes();

function numbered(index: number, value: Uint8Array | readonly number[] = [index & 255]): KVEntry {
  return row([5, index >>> 16, (index >>> 8) & 255, index & 255], value);
}

/** Rows of a few bytes: pages of a driver's own choice are likely to be shorter. */
const MORE_THAN_A_PAGE = 5_000;

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** All rows, as a runner reads them: the image's page, then the pages behind it; and the longest page. It ends for sure. */
async function readAll(driver: EngineDriver, atMost: number): Promise<{ rows: KVEntry[]; longest: number }> {
  const image = await driver.load();
  const rows = [...(image?.entries ?? [])];
  let longest = rows.length;
  for (let complete = image?.complete === true; !complete && rows.length <= atMost; ) {
    const page = await driver.list(ALL, { after: rows.at(-1)?.key ?? ALL });
    for (const entry of page) rows.push(entry);
    longest = Math.max(longest, page.length);
    complete = page.length === 0;
  }
  return { rows, longest };
}

/** Pages: long histories are read in pieces that are bounded, without a gap and without a repeat. */
export const pageCases = casesOf<RunningContext>({
  "pages-hundred-thousand": [
    "reads 100,000 rows in bounded pages, each row once",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const count = 100_000;
        for (let part = 0; part < 10; part++) {
          const puts = Array.from({ length: count / 10 }, (_, index) => numbered(part + index * 10));
          await driver.commit(batch({ epoch, expectedRevision: part + 1, puts }));
        }
        const { rows, longest } = await readAll(driver, count);
        expectEqual(rows.length, count, "the number of rows");
        const inOrder = rows.every(({ key }, index) => key.join() === numbered(index).key.join());
        expectTrue(inOrder, "all rows in order, each once");
        expectTrue(longest <= count / 2, `pages of a bounded length: the longest has ${longest} rows`);
      }),
  ],
  "pages-large-values": [
    "reads 24 values of 1 MiB in more than one page",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const size = 1024 * 1024;
        for (let part = 0; part < 6; part++) {
          const puts = [0, 1, 2, 3].map((index) => {
            const value = new Uint8Array(size).fill(part * 4 + index);
            return numbered(part * 4 + index, value);
          });
          await driver.commit(batch({ epoch, expectedRevision: part + 1, puts }));
        }
        const { rows, longest } = await readAll(driver, 24);
        const intact = rows.every(({ value }, index) => value.length === size && value[size - 1] === index);
        expectTrue(rows.length === 24 && intact, "all values, each once");
        expectTrue(longest < 24, `pages bounded by their bytes: the longest has ${longest} MiB`);
      }),
  ],
  "pages-as-asked": [
    "gives pages as long as is asked for, whatever its own length of pages is",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const puts = Array.from({ length: 6_000 }, (_, index) => numbered(index));
        await driver.commit(batch({ epoch, puts }));
        const page = await driver.list(ALL, { limit: 5_500 });
        const rest = await driver.list(ALL, { after: page.at(-1)?.key ?? ALL, limit: 5_500 });
        expectEqual([page.length, rest.length], [5_500, 500], "rows of two pages");
      }),
  ],
  "pages-one-by-one": [
    "comes to the end in pages of one row",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const keys = [[], [0], [0, 0], [1], [255], [255, 255]];
        await driver.commit(batch({ epoch, puts: keys.map((key) => row(key)) }));
        const seen: string[] = [];
        // Bounded: a driver that gives a row again and again would be asked for ever.
        for (let after: Uint8Array | null = null; seen.length <= keys.length; ) {
          const from: ListPage = after === null ? { limit: 1 } : { after, limit: 1 };
          const page = await driver.list(ALL, from);
          expectTrue(page.length <= 1, "no more than one row");
          const [entry] = page;
          if (entry === undefined) break;
          seen.push(entry.key.join("."));
          after = entry.key;
        }
        expectEqual(
          seen,
          keys.map((key) => key.join(".")),
          "the keys",
        );
      }),
  ],
  "pages-edge": [
    "tells whether there are rows behind the image's page, of as many rows as a page has, one less and one more",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        let rows = MORE_THAN_A_PAGE;
        await driver.commit(batch({ epoch, puts: numbers(rows).map((index) => numbered(index)) }));
        const page = (await driver.load())?.entries.length ?? 0;
        for (const [at, count] of [page + 1, page, Math.max(0, page - 1)].entries()) {
          const deletes = numbers(rows)
            .slice(count)
            .map((index) => numbered(index).key);
          await driver.commit(batch({ epoch, expectedRevision: 2 + at, deletes }));
          rows = Math.min(rows, count);
          expectEqual((await readAll(driver, rows)).rows.length, rows, `of ${rows} rows`);
        }
      }),
  ],
  "pages-while-written": [
    "goes on behind a key that a commit has deleted meanwhile",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        await driver.commit(batch({ epoch, puts: [1, 2, 3, 4].map((key) => row([key])) }));
        const first = await driver.list(ALL, { limit: 2 });
        const after = first.at(-1)?.key ?? ALL;
        const change = { deletes: [after.slice()], puts: [row([2, 5]), row([0])] };
        await driver.commit(batch({ epoch, expectedRevision: 2, ...change }));
        const rest = await rowsUnder(driver, ALL, after);
        expectEqual(
          rest.map(({ key }) => key.join(".")),
          ["2.5", "3", "4"],
          "the keys behind it",
        );
      }),
  ],
});
