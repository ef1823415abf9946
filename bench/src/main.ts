import { join } from "node:path";
import { type Arguments, HELP, readArguments } from "./arguments.ts";
import { prepareToMeasure } from "./install.ts";
import { measureAll } from "./measure-all.ts";
import { SUBJECTS } from "./peers/all.ts";
import { planCells } from "./plan.ts";
import { goalLines } from "./report/goals.ts";
import { reportOf } from "./report/report.ts";
import { tables } from "./report/table.ts";
import { writeReport } from "./report/write-report.ts";
import { WORKS } from "./works/all.ts";

process.exitCode = await main(process.argv.slice(2));

/** The exit code: 0 when everything that can be measured was. */
async function main(args: readonly string[]): Promise<number> {
  let options: Arguments;
  try {
    options = readArguments(args, join(import.meta.dirname, "../results"));
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  prepareToMeasure();
  const cells = planCells(WORKS, SUBJECTS, options);
  const { results, failures } = await measureAll(cells, options);
  const report = reportOf(cells, results, options);
  process.stdout.write(`${tables(report)}\n${goalLines(report)}\n`);
  if (options.output !== undefined) writeReport(report, options.output);
  return failures === 0 ? 0 : 1;
}
