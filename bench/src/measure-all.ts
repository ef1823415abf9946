import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Arguments } from "./arguments.ts";
import type { ChildAnswer } from "./child-request.ts";
import { type Cell, interleave } from "./plan.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";
import { type Result, Results } from "./results.ts";
import { spawnMeasurement } from "./spawn-child.ts";
import { stopwatch } from "./stopwatch.ts";

/** Seconds that a child may take beside what it measures. */
const START_SECONDS = 20;

/** Measures every cell that can be, repetition after repetition. */
export async function measureAll(
  cells: readonly Cell[],
  { repetitions, disk, minutes }: Arguments,
): Promise<{ results: Result[]; failures: number }> {
  const results = new Results(cells);
  let failures = 0;
  const running = stopwatch();
  const folder = mkdtempSync(join(disk, "holdfast-bench-"));
  let postgres: PostgresServer | undefined;
  try {
    if (cells.some(needsPostgres)) {
      postgres = await startPostgres(join(folder, "postgres")).catch((error: unknown) => {
        process.stderr.write(`PostgreSQL does not start, so what needs it is left out: ${String(error)}\n`);
        return undefined;
      });
    }
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const cell of interleave(cells, repetition)) {
        if (running() > minutes * 60_000) break;
        if (!results.isWanted(cell)) continue;
        const elapsed = stopwatch();
        const answer = await measure(cell, folder, postgres);
        const seconds = elapsed() / 1_000;
        tell(cell, repetition, answer, seconds);
        if ("figures" in answer) results.add(cell, answer.figures, seconds);
        else {
          results.fail(cell, answer.error);
          failures++;
        }
      }
    }
  } finally {
    await postgres?.stop().catch(() => {});
    remove(folder);
  }
  return { results: results.all(), failures };
}

function needsPostgres({ subject, work, gap }: Cell): boolean {
  return gap === undefined && (subject.storage === "postgres" || work.id === "L");
}

async function measure(cell: Cell, folder: string, postgres?: PostgresServer): Promise<ChildAnswer> {
  const own = mkdtempSync(join(folder, "measurement-"));
  const run = (postgresUrl: string): Promise<ChildAnswer> =>
    spawnMeasurement(
      {
        subject: cell.subject.id,
        work: cell.work.id,
        workCase: cell.workCase,
        folder: own,
        postgresUrl,
      },
      (cell.work.limitSeconds + START_SECONDS) * 1_000,
    );
  try {
    if (!needsPostgres(cell)) return await run("");
    if (postgres === undefined) return { error: "PostgreSQL does not start on this machine" };
    return await postgres.withDatabase(run);
  } catch (error) {
    return { error: String(error) };
  } finally {
    remove(own);
  }
}

/** What cannot be removed, because something of a measurement still writes there, costs no results. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  } catch (error) {
    process.stderr.write(`${folder} stays behind: ${String(error)}\n`);
  }
}

/** One line of progress. */
function tell(
  { work, workCase, subject }: Cell,
  repetition: number,
  answer: ChildAnswer,
  seconds: number,
): void {
  const key = work.figures[0]?.key ?? "";
  const what =
    "figures" in answer
      ? `${answer.figures[key]?.toPrecision(4) ?? "-"} ${work.figures[0]?.label}`
      : `FAILED: ${answer.error}`;
  process.stderr.write(
    `${repetition + 1}  ${work.id} ${workCase.label}  ${subject.label}: ${what}  (${seconds.toFixed(1)} s)\n`,
  );
}
