import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { CsvError, type Options, parse } from "csv-parse";
import { parse as parseText } from "csv-parse/sync";
import { z } from "zod";

/** Thrown when the file cannot be imported as it is; trying again would not help. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** One row of the file: its number, from 1, and its cells as the schema gives them. */
export interface Row {
  readonly number: number;
  readonly cells: Readonly<Record<string, string | number>>;
}

/** A run of rows, and the bytes of the file they stand in: enough to read them without the rest. */
export const Batch = z.object({
  first: z.int().min(1),
  rows: z.int().min(1),
  start: z.int().min(0),
  end: z.int().min(1),
});
export type Batch = z.infer<typeof Batch>;

/** How a file is cut into batches. */
export const Plan = z.object({ columns: z.array(z.string()), batches: z.array(Batch) });
export type Plan = z.infer<typeof Plan>;

const degrees = (limit: number) =>
  z.string().min(1).transform(Number).pipe(z.number().min(-limit).max(limit));

/** A row of the data set that the example brings. */
const ZipCode = z.object({
  zip_code: z.string().regex(/^\d{5}$/, "five digits expected"),
  latitude: degrees(90),
  longitude: degrees(180),
  city: z.string().min(1),
  state: z.string().regex(/^[A-Z]{2}$/, "two capital letters expected"),
  county: z.string().min(1),
});

/** A row of any other file. */
const AnyRow = z.record(z.string(), z.string().max(100_000));

// Named line ends, not guessed ones: a guess made on one batch could differ from a guess made on the whole file.
const FORM: Options = { bom: true, skipEmptyLines: true, record_delimiter: ["\r\n", "\n", "\r"] };

/** Every row of a file in order, checked, with the byte at which it ends. Reads the file once, in little memory. */
async function* readRows(file: string): AsyncGenerator<Row & { columns: string[]; end: number }> {
  const parser = parse({ ...FORM, info: true });
  // The parser is told of the source's errors and told to end by the loop below: nothing is left to do here.
  pipeline(Readable.from(readText(file)), parser, () => {});
  let columns: string[] | undefined;
  let number = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { bytes: number };
    }>) {
      if (columns === undefined) {
        columns = checkHeader(record);
      } else {
        number += 1;
        yield { ...checkRow(columns, record, number), columns, end: info.bytes };
      }
    }
  } catch (error) {
    throw inputError(error, file);
  }
  if (number === 0)
    throw new InputError(columns === undefined ? `${file} is empty` : `${file} has a header but no rows`);
}

/** All rows of a file at once. */
export async function readAllRows(file: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { number, cells } of readRows(file)) rows.push({ number, cells });
  return rows;
}

/** How many rows a file has. @throws InputError when it is missing or malformed. */
export async function countRows(file: string): Promise<number> {
  let rows = 0;
  for await (const row of readRows(file)) rows = row.number;
  return rows;
}

/** Cuts a file into batches of so many rows. */
export async function planBatches(file: string, rowsPerBatch: number): Promise<Plan> {
  const batches: Batch[] = [];
  let columns: string[] = [];
  let batch: Batch | undefined;
  for await (const row of readRows(file)) {
    columns = row.columns;
    // The first batch begins with the header line, which readBatch leaves out again.
    batch ??= { first: row.number, rows: 0, start: batches.at(-1)?.end ?? 0, end: 0 };
    batch = { ...batch, rows: batch.rows + 1, end: row.end };
    if (batch.rows < rowsPerBatch) continue;
    batches.push(batch);
    batch = undefined;
  }
  if (batch !== undefined) batches.push(batch);
  return { columns, batches };
}

/** The rows of one batch, and nothing else of the file. */
export async function readBatch(file: string, columns: readonly string[], batch: Batch): Promise<Row[]> {
  const bytes = new Uint8Array(batch.end - batch.start);
  const handle = await open(file);
  try {
    await handle.read(bytes, { position: batch.start });
  } finally {
    await handle.close();
  }
  try {
    const records = parseText(bytes, FORM) as string[][];
    if (batch.start === 0) records.shift();
    if (records.length !== batch.rows) throw new InputError("it has changed since the import began");
    return records.map((record, index) => checkRow(columns, record, batch.first + index));
  } catch (error) {
    throw inputError(error, file);
  }
}

/** The bytes of a file, once they are known to be text. */
async function* readText(file: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
    if (chunk.includes(0)) throw new InputError("it holds binary data");
    decoder.decode(chunk, { stream: true });
    yield chunk;
  }
  decoder.decode();
}

function checkHeader(names: readonly string[]): string[] {
  const columns = names.map((name) => name.trim());
  const unnamed = columns.indexOf("");
  if (unnamed !== -1) throw new InputError(`column ${unnamed + 1} of the header has no name`);
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw new InputError(`column "${twice}" stands in the header twice`);
  return columns;
}

function checkRow(columns: readonly string[], record: readonly string[], number: number): Row {
  const schema = columns.join() === Object.keys(ZipCode.shape).join() ? ZipCode : AnyRow;
  const checked = schema.safeParse(Object.fromEntries(columns.map((name, index) => [name, record[index]])));
  if (checked.success) return { number, cells: checked.data };
  const [issue] = checked.error.issues;
  throw new InputError(`row ${number}, column "${issue?.path.join(".")}": ${issue?.message}`);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "it may not be read",
  EISDIR: "it is a folder",
  ERR_ENCODING_INVALID_ENCODED_DATA: "it is not UTF-8 text",
};

/** What is wrong with the file, in one line. Other errors stay what they are. */
function inputError(error: unknown, file: string): unknown {
  if (!(error instanceof Error)) return error;
  const { code = "" } = error as NodeJS.ErrnoException;
  const known = error instanceof InputError || error instanceof CsvError;
  // The parser quotes what it found, which may go on for lines.
  const reason = known ? error.message.split("\n", 1)[0] : REASONS[code];
  return reason === undefined ? error : new InputError(`${file}: ${reason}`, { cause: error });
}
