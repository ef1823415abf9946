import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export const HELP = `Imports a CSV file with a workflow, kills the worker that runs it again and again, and proves that nothing was lost
or done twice.

  npm start                              the 42,049 US ZIP codes of the vega-datasets package
  npm start -- --input my.csv            a file of your own: UTF-8, comma-separated, with a header line

Options:
  --input <file>      the file to import
  --kills <number>    how often the worker is killed, 0 to 20 (default 5)
  --work-dir <folder> where a fresh folder for the databases is made (default: where temporary files go)
  --keep              keep that folder and say where it is
  --help              this text
`;

/** Thrown when the command line makes no sense. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface Arguments {
  readonly help: boolean;
  /** The file to import, as an absolute path. */
  readonly input: string;
  readonly kills: number;
  /** The folder in which one for the databases is made. */
  readonly workDir: string;
  readonly keep: boolean;
}

/** @throws UsageError */
export function readArguments(args: readonly string[]): Arguments {
  const { help, input, kills, keep, "work-dir": workDir } = parse(args);
  if (!/^\d+$/.test(kills) || Number(kills) > 20) {
    throw new UsageError(`--kills must be a whole number from 0 to 20; got "${kills}"`);
  }
  if (input === "" || workDir === "") throw new UsageError("--input and --work-dir need a path");
  return {
    help,
    input: input === undefined ? zipCodes() : fromHere(input),
    kills: Number(kills),
    workDir: workDir === undefined ? tmpdir() : fromHere(workDir),
    keep,
  };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", default: false },
        input: { type: "string" },
        kills: { type: "string", default: "5" },
        keep: { type: "boolean", default: false },
        "work-dir": { type: "string" },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** npm runs scripts in the package's folder; INIT_CWD is where the command was typed. */
function fromHere(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

function zipCodes(): string {
  return fileURLToPath(new URL("../data/zipcodes.csv", import.meta.resolve("vega-datasets")));
}
