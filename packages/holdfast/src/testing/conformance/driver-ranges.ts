import type { KeyRange } from "../../storage/records.ts";
import { casesOf } from "./conformance-case.ts";
import { type DriverSubject, type RunningContext, withRun } from "./driver-context.ts";
import { expectEqual } from "./expectations.ts";
import { batch, bytes, row } from "./samples.ts";
import { rowsUnder, wholeRun } from "./whole-run.ts";

/** The keys that are left of `keys` when a batch has deleted the ranges. */
async function leftAfter(
  { driver, epoch }: DriverSubject,
  keys: readonly (readonly number[])[],
  deleteRanges: readonly KeyRange[],
): Promise<string[]> {
  await driver.commit(batch({ epoch, puts: keys.map((key) => row(key)) }));
  await driver.commit(batch({ epoch, expectedRevision: 2, deleteRanges }));
  return (await rowsUnder(driver, bytes())).map(({ key }) => key.join("."));
}

/** Deleting: ranges as they are drawn, keys as they are spelled. */
export const rangeCases = casesOf<RunningContext>({
  "range-prefix": [
    "deletes what is under a prefix, and neither the sibling behind it nor the one before",
    (context) =>
      withRun(context, async (subject) => {
        const keys = [[1], [1, 2], [1, 2, 0], [1, 2, 255, 255], [1, 3], [2]];
        const left = await leftAfter(subject, keys, [{ from: bytes(1, 2), to: bytes(1, 3) }]);
        expectEqual(left, ["1", "1.3", "2"], "the keys that are left");
      }),
  ],
  "range-prefix-ff": [
    "deletes what is under a prefix that ends in 0xFF",
    (context) =>
      withRun(context, async (subject) => {
        const keys = [[1, 254], [1, 255], [1, 255, 0], [1, 255, 255, 255], [2]];
        const left = await leftAfter(subject, keys, [{ from: bytes(1, 255), to: bytes(2) }]);
        expectEqual(left, ["1.254", "2"], "the keys that are left");
      }),
  ],
  "range-all-ff": [
    "deletes a range between keys that are nothing but 0xFF, its end left out",
    (context) =>
      withRun(context, async (subject) => {
        const keys = [[254], [255], [255, 255], [255, 255, 0], [255, 255, 255]];
        const left = await leftAfter(subject, keys, [{ from: bytes(255), to: bytes(255, 255, 255) }]);
        expectEqual(left, ["254", "255.255.255"], "the keys that are left");
      }),
  ],
  "range-overlapping": [
    "takes ranges that overlap, touch, repeat and hold nothing",
    (context) =>
      withRun(context, async (subject) => {
        const keys = [1, 2, 3, 4, 5, 6, 7].map((key) => [key]);
        const ranges = [
          [1, 3],
          [2, 4],
          [4, 5],
          [2, 4],
          [200, 201],
        ].map(([from = 0, to = 0]) => ({ from: bytes(from), to: bytes(to) }));
        expectEqual(await leftAfter(subject, keys, ranges), ["5", "6", "7"], "the keys that are left");
      }),
  ],
  "range-everything": [
    "deletes all rows by a range from the empty key, and the run goes on",
    (context) =>
      withRun(context, async (subject) => {
        const { driver, epoch } = subject;
        const ranges = [{ from: bytes(), to: bytes(255, 255) }];
        expectEqual(await leftAfter(subject, [[], [0], [128], [255]], ranges), [], "the keys that are left");
        await driver.commit(batch({ epoch, expectedRevision: 3, puts: [row([1])] }));
        expectEqual((await wholeRun(driver))?.entries, [row([1])], "the rows");
      }),
  ],
  "delete-exact": [
    "deletes a key and none that begins with it or that it begins with",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        const keys = [[], [1], [1, 0], [1, 0, 0], [1, 0, 1], [1, 1]];
        await driver.commit(batch({ epoch, puts: keys.map((key) => row(key)) }));
        await driver.commit(batch({ epoch, expectedRevision: 2, deletes: [bytes(1, 0), bytes()] }));
        const left = (await rowsUnder(driver, bytes())).map(({ key }) => key.join("."));
        expectEqual(left, ["1", "1.0.0", "1.0.1", "1.1"], "the keys that are left");
      }),
  ],
  "delete-and-return": [
    "takes a key again that was deleted, in its old place",
    (context) =>
      withRun(context, async ({ driver, epoch }) => {
        await driver.commit(batch({ epoch, puts: [row([1], [1]), row([2], [1]), row([3], [1])] }));
        await driver.commit(batch({ epoch, expectedRevision: 2, deletes: [bytes(2)] }));
        await driver.commit(batch({ epoch, expectedRevision: 3, puts: [row([2], [9])] }));
        const rows = [row([1], [1]), row([2], [9]), row([3], [1])];
        expectEqual(await rowsUnder(driver, bytes()), rows, "the rows");
      }),
  ],
});
