import { memoryDriver } from "holdfast/memory";
import { expect, it } from "vitest";
import { kvDriver } from "../../src/drivers/kv/kv-driver.ts";
import { readRun } from "../../src/history/read-run.ts";
import { StorageError } from "../../src/model/errors/storage-errors.ts";
import type { EngineDriver } from "../../src/storage/driver.ts";
import { SerialSection } from "../../src/storage/serial-section.ts";
import { batch, bytes, row } from "../../src/testing/conformance/samples.ts";
import { MemoryOrderedKV } from "../../src/testing/memory-ordered-kv.ts";

/** More than a page. */
const ROWS = 5_000;

/** Writes a run of many rows; each commit of `go` changes the first and the last of them. */
async function busyRun(driver: EngineDriver) {
  const keyOf = (i: number): number[] => [i >>> 8, i & 255];
  const puts = Array.from({ length: ROWS }, (_, i) => row(keyOf(i), [1]));
  await driver.commit(batch({ expectedRevision: 0, puts }));
  let revision = 1;
  const go = async (): Promise<void> => {
    const expectedRevision = revision++;
    const changed = [row(keyOf(0), [revision]), row(keyOf(ROWS - 1), [revision])];
    await driver.commit(batch({ expectedRevision, puts: changed }));
  };
  return { go };
}

/** Whether all that was read is of the commit that its revision says. */
function assertOneCommit(read: Awaited<ReturnType<typeof readRun>>): void {
  const { image, rows } = read as NonNullable<typeof read>;
  expect(rows).toHaveLength(ROWS);
  const value = bytes(image.revision);
  expect([rows[0]?.value, rows.at(-1)?.value]).toEqual([value, value]);
}

it("a long history is read as of one commit, though the run commits again and again", async () => {
  const driver = kvDriver(new MemoryOrderedKV());
  const { go } = await busyRun(driver);
  let reading = true;
  const commits = async (): Promise<number> => {
    for (let made = 0; ; made++) {
      if (!reading || made === 200) return made;
      await go();
    }
  };
  const made = commits();
  assertOneCommit(await readRun(driver));
  reading = false;
  expect(await made).toBeLessThan(200);
});

/** A storage in which others commit between any two calls, for so long. */
async function restless(changes: number): Promise<{ driver: EngineDriver; reads: () => number }> {
  const inner = memoryDriver();
  const { go } = await busyRun(inner);
  const section = new SerialSection();
  let left = changes;
  let reads = 0;
  const driver = new Proxy(inner, {
    get: (target, name) => {
      if (name !== "load") return (Reflect.get(target, name) as () => unknown).bind(target);
      return () =>
        section.run(async () => {
          reads += 1;
          const image = await inner.load();
          if (left-- > 0) await go();
          return image;
        });
    },
  });
  return { driver, reads: () => reads };
}

it("it is read again for each commit that comes in between", async () => {
  const { driver, reads } = await restless(2);
  assertOneCommit(await readRun(driver));
  expect(reads()).toBe(4);
});

it("it is not read for ever", async () => {
  const { driver } = await restless(Number.POSITIVE_INFINITY);
  const error = await readRun(driver).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StorageError);
  expect(error).toMatchObject({ retryable: true });
});
