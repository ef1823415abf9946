import { mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { type Arguments, HELP, readArguments, UsageError } from "./arguments.ts";
import { importTwice } from "./import-twice.ts";
import { formatReport } from "./report.ts";
import { countRows } from "./rows.ts";

process.exitCode = await main(process.argv.slice(2));

/** The exit code: 0 when everything is proved, 2 when the command line makes no sense, else 1. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readArguments(args);
    if (options.help) {
      process.stdout.write(HELP);
      return 0;
    }
    return await importInFolder(options);
  } catch (error) {
    process.stderr.write(`import: ${(error as Error).message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function importInFolder(options: Arguments): Promise<number> {
  // A file that cannot be imported is refused before anything is begun.
  const rows = await countRows(options.input);
  const folder = mkdtempSync(join(options.workDir, "holdfast-import-"));
  try {
    process.stdout.write(
      `Importing the ${rows.toLocaleString("en")} rows of ${basename(options.input)} twice. One import will be approved; the other will be\nrefused, and its rows are taken out again: three times the rows to move, while the worker is killed.\n\n`,
    );
    const report = await importTwice({ ...options, rows, folder });
    process.stdout.write(formatReport(report));
    return report.claims.every(({ fault }) => fault === undefined) ? 0 : 1;
  } finally {
    if (options.keep) process.stdout.write(`\nThe databases are in ${folder}\n`);
    else rmSync(folder, { recursive: true, force: true });
  }
}
