import type { EngineDriver } from "../../storage/driver.ts";
import type { KVEntry } from "../../storage/records.ts";
import { casesOf } from "./conformance-case.ts";
import { type DriverSubject, type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual, expectTrue } from "./expectations.ts";
import { batch, bytes, row } from "./samples.ts";
import { rowsUnder, wholeRun } from "./whole-run.ts";

const ALL = bytes();

async function commitRows(
  { driver, epoch }: DriverSubject,
  puts: readonly KVEntry[],
  expectedRevision = 1,
): Promise<void> {
  await driver.commit(batch({ epoch, expectedRevision, puts }));
}

async function keysUnder(driver: EngineDriver, prefix: Uint8Array): Promise<string[]> {
  return (await rowsUnder(driver, prefix)).map(({ key }) => key.join("."));
}

async function expectKeys(
  driver: EngineDriver,
  prefix: Uint8Array,
  keys: readonly string[],
  what: string,
): Promise<void> {
  expectEqual(await keysUnder(driver, prefix), keys, what);
}

function distinctRows(count: number): KVEntry[] {
  return Array.from({ length: count }, (_, index) =>
    row([5, index >>> 16, (index >>> 8) & 255, index & 255], [index & 255]),
  );
}

/** Rows: exact bytes, byte order, prefixes, ranges, pages. */
export const rowCases = casesOf<RunningContext>({
  "rows-absent": [
    "lists nothing where nothing is",
    (context) =>
      withRun(context, async ({ driver }) => {
        expectEqual(await rowsUnder(driver, ALL), [], "the rows of a new run");
        expectEqual((await wholeRun(driver))?.entries, [], "the image's rows of a new run");
      }),
  ],
  "rows-exact-bytes": [
    "keeps every byte value and the empty value",
    (context) =>
      withRun(context, async (subject) => {
        const every = Uint8Array.from({ length: 256 }, (_, index) => index);
        await commitRows(subject, [row([1], every), row([2], [])]);
        expectEqual(await rowsUnder(subject.driver, ALL), [row([1], every), row([2], [])], "the rows");
      }),
  ],
  "rows-overwrite": [
    "replaces the value of a key",
    (context) =>
      withRun(context, async (subject) => {
        await commitRows(subject, [row([1], [1])]);
        await commitRows(subject, [row([1], [2, 3])], 2);
        expectEqual(await rowsUnder(subject.driver, ALL), [row([1], [2, 3])], "the rows");
      }),
  ],
  "rows-delete-missing": [
    "deletes a key that is not there without ado",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        await driver.commit(
          batch({ epoch, deletes: [bytes(9)], deleteRanges: [{ from: bytes(3), to: bytes(4) }] }),
        );
        expectEqual(await rowsUnder(driver, ALL), [], "the rows");
      }),
  ],
  "rows-owned-in": [
    "is not changed by what the caller does with its arrays after the commit",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const given = batch({ epoch, header: bytes(4), puts: [row([1], [2])] });
        await driver.commit(given);
        for (const array of [given.header, ...given.puts.flatMap(({ key, value }) => [key, value])])
          array.fill(99);
        expectEqual(await rowsUnder(driver, ALL), [row([1], [2])], "the rows");
        expectEqual((await driver.load())?.header, bytes(4), "the header");
      }),
  ],
  "rows-owned-out": [
    "hands out arrays that the caller may change",
    (context) =>
      withRun(context, async (subject) => {
        await commitRows(subject, [row([1], [2])]);
        const image = await wholeRun(subject.driver);
        for (const { key, value } of [...(image?.entries ?? []), ...(await rowsUnder(subject.driver, ALL))]) {
          key.fill(99);
          value.fill(99);
        }
        image?.header.fill(99);
        expectEqual(await rowsUnder(subject.driver, ALL), [row([1], [2])], "the rows");
        expectEqual((await subject.driver.load())?.header, bytes(7), "the header");
      }),
  ],
  "rows-odd-keys": [
    "takes keys that are empty, long, or made of 0x00 and 0xFF",
    (context) =>
      withRun(context, async (subject) => {
        const long = new Uint8Array(1_024).fill(0x7f);
        const keys = [[], [0], [0, 0], [0, 255], [1], [...long], [255], [255, 0], [255, 255]];
        await commitRows(subject, keys.map((key) => row(key)).reverse());
        expectEqual(
          await keysUnder(subject.driver, ALL),
          keys.map((key) => key.join(".")),
          "the keys in order",
        );
      }),
  ],
  "rows-byte-order": [
    "lists in unsigned byte order, shorter keys first",
    (context) =>
      withRun(context, async (subject) => {
        await commitRows(subject, [
          row([128]),
          row([127]),
          row([1, 0]),
          row([1]),
          row([255]),
          row([0]),
          row([1, 255]),
        ]);
        await expectKeys(subject.driver, ALL, ["0", "1", "1.0", "1.255", "127", "128", "255"], "the keys");
      }),
  ],
  "rows-prefix": [
    "lists what is under a prefix and no siblings",
    (context) =>
      withRun(context, async (subject) => {
        await commitRows(subject, [
          row([1]),
          row([1, 1]),
          row([1, 1, 0]),
          row([1, 2]),
          row([2]),
          row([1, 1, 255, 255]),
        ]);
        await expectKeys(subject.driver, bytes(1, 1), ["1.1", "1.1.0", "1.1.255.255"], "keys under 1.1");
        await expectKeys(subject.driver, bytes(3), [], "keys under 3");
      }),
  ],
  "rows-prefix-ff": [
    "lists prefixes that end in 0xFF or are nothing else",
    (context) =>
      withRun(context, async (subject) => {
        await commitRows(subject, [
          row([1, 255]),
          row([1, 255, 9]),
          row([2]),
          row([255]),
          row([255, 255]),
          row([255, 255, 255]),
        ]);
        await expectKeys(subject.driver, bytes(1, 255), ["1.255", "1.255.9"], "keys under 1.255");
        await expectKeys(subject.driver, bytes(255, 255), ["255.255", "255.255.255"], "keys under 255.255");
      }),
  ],
  "rows-range": [
    "deletes ranges that include their start and not their end",
    (context) =>
      withRun(context, async (subject) => {
        await commitRows(subject, [row([1]), row([2]), row([2, 0]), row([2, 255, 255]), row([3]), row([4])]);
        const deleteRanges = [{ from: bytes(2), to: bytes(3) }];
        await subject.driver.commit(batch({ epoch: subject.epoch, expectedRevision: 2, deleteRanges }));
        await expectKeys(subject.driver, ALL, ["1", "3", "4"], "the keys that are left");
      }),
  ],
  "rows-empty-range": [
    "deletes nothing for an empty or reversed range",
    (context) =>
      withRun(context, async (subject) => {
        await commitRows(subject, [row([1]), row([2]), row([3])]);
        const deleteRanges = [
          { from: bytes(2), to: bytes(2) },
          { from: bytes(3), to: bytes(1) },
        ];
        await subject.driver.commit(batch({ epoch: subject.epoch, expectedRevision: 2, deleteRanges }));
        await expectKeys(subject.driver, ALL, ["1", "2", "3"], "the keys");
      }),
  ],
  "rows-page": [
    "gives pages of the asked length, after a key that need not be there",
    (context) =>
      withRun(context, async (subject) => {
        await commitRows(subject, [row([1, 1]), row([1, 3]), row([1, 5]), row([2])]);
        const page = async (after: Uint8Array | null, limit: number): Promise<string[]> => {
          const rows = await subject.driver.list(bytes(1), after === null ? { limit } : { after, limit });
          return rows.map(({ key }) => key.join("."));
        };
        expectEqual(await page(null, 2), ["1.1", "1.3"], "the first page");
        expectEqual(await page(bytes(1, 3), 2), ["1.5"], "the second page");
        expectEqual(await page(bytes(1, 2), 1), ["1.3"], "a page after a key that is not there");
        expectEqual(await page(bytes(0), 10), ["1.1", "1.3", "1.5"], "a page after a key before the prefix");
        expectEqual(await page(bytes(2), 10), [], "a page after a key behind the prefix");
        expectEqual(await page(null, 0), [], "a page of no rows");
      }),
  ],
  "rows-many": [
    "takes 5,000 rows in a batch, and is read to the end of 10,000 page by page",
    (context) =>
      withRun(context, async (subject) => {
        const rows = distinctRows(10_000);
        await commitRows(subject, rows.slice(5_000));
        await commitRows(subject, rows.slice(0, 5_000), 2);
        const image = await subject.driver.load();
        const found = [...(image?.entries ?? [])];
        for (let complete = image?.complete === true; !complete && found.length <= rows.length; ) {
          const after = found.at(-1)?.key ?? ALL;
          const page = await subject.driver.list(ALL, { after });
          found.push(...page);
          complete = page.length === 0;
        }
        expectEqual(found.length, rows.length, "the number of rows");
        expectTrue(
          found.every((entry, index) => entry.key.join() === rows[index]?.key.join()),
          "all rows in order",
        );
      }),
  ],
});
