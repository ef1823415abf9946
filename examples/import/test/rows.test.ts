import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { countRows, InputError, planBatches, readAllRows, readBatch } from "../src/rows.ts";
import { csvFile } from "./csv-file.ts";

describe("a file that cannot be imported is refused with one line", () => {
  const zipHeader = "zip_code,latitude,longitude,city,state,county";
  test.each<[string, string | Uint8Array, RegExp]>([
    ["empty", "", /is empty$/],
    ["only line ends", "\n\r\n\n", /is empty$/],
    ["only a header", "a,b\n", /a header but no rows$/],
    ["a row with too many cells", "a,b\n1,2\n1,2,3\n", /Invalid Record Length: expect 2, got 3 on line 3$/],
    ["a row with too few cells", "a,b\n1\n", /Invalid Record Length/],
    ["a quote that is not closed", 'a,b\n1,"2\n', /Quote Not Closed/],
    ["a quote in mid-cell", 'a,b\n1,2"\n', /Invalid Opening Quote/],
    ["a quote after a cell of many lines", 'a,b\n1,"2\n3\n4"5\n', /Invalid Closing Quote/],
    ["a column without a name", "a,\n1,2\n", /column 2 of the header has no name$/],
    ["a column twice", "a,b,a\n1,2,3\n", /column "a" stands in the header twice$/],
    ["not UTF-8", new Uint8Array([97, 10, 0xff, 10]), /not UTF-8 text$/],
    ["a character cut off at the end", new Uint8Array([97, 10, 0xc3]), /not UTF-8 text$/],
    ["binary", new Uint8Array([97, 10, 0, 10]), /holds binary data$/],
    [
      "a ZIP code of four digits",
      `${zipHeader}\n1234,1,1,Ada,OH,Hardin\n`,
      /row 1, column "zip_code": five digits/,
    ],
    ["no latitude", `${zipHeader}\n12345,,1,Ada,OH,Hardin\n`, /row 1, column "latitude"/],
  ])("%s", async (_name, content, message) => {
    const error = await countRows(csvFile(content)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("\n");
  });

  test("not there, or a folder", async () => {
    await expect(countRows("/no/such/file.csv")).rejects.toThrow("/no/such/file.csv: there is no such file");
    await expect(countRows(tmpdir())).rejects.toThrow("it is a folder");
  });
});

describe("batches", () => {
  test.each([
    ["plain", "a,b\n1,2\n3,4\n5,6\n7,8\n9,10\n"],
    ["no line end at the end", "a,b\n1,2\n3,4\n5,6"],
    ["a byte order mark and CRLF", "\ufeffa,b\r\n1,2\r\n3,4\r\n5,6\r\n"],
    ["quoted line ends, quotes and commas", 'a,b\n1,"x\r\ny"\n"3 ""q""","4,5"\n5,6\n'],
    ["empty lines and mixed line ends", "a,b\r\n\r\n1,2\n\n3,4\r5,6\r\n\n"],
    ["characters of many bytes", "ä,b\n1,é\n2,日本\n3,🎈\n"],
  ])("read one by one hold the rows of the file: %s", async (_name, content) => {
    const file = csvFile(content);
    const whole = await readAllRows(file);
    for (const rowsPerBatch of [1, 2, 100]) {
      const { columns, batches } = await planBatches(file, rowsPerBatch);
      const pieces = await Promise.all(batches.map((batch) => readBatch(file, columns, batch)));
      expect(pieces.flat()).toEqual(whole);
      expect(batches.length).toBe(Math.ceil(whole.length / rowsPerBatch));
    }
  });

  test("of a file that was changed are refused", async () => {
    const { columns, batches } = await planBatches(csvFile("a,b\n1,2\n3,4\n"), 2);
    const [batch] = batches;
    if (batch === undefined) throw new Error("no batch");
    await expect(readBatch(csvFile("a,b\n1,2222222\n"), columns, batch)).rejects.toThrow(/changed since/);
  });
});
