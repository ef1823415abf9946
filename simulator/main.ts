import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { amount, commandLine, wrongUsage } from "../scripts/command-line.ts";
import { playAll } from "./crew/crew.ts";
import type { Answer, Order } from "./crew/work.ts";
import { MODES, modeNamed } from "./modes/all.ts";
import { judge } from "./modes/judge.ts";
import type { Mode } from "./modes/mode.ts";
import { freshSeed, numberedSeed } from "./random/prng.ts";
import { type ModeReport, ModeTotal } from "./report/mode-report.ts";
import { formatProblem, formatTable } from "./report/table.ts";
import { shrink } from "./shrink/shrink.ts";
import { testFile } from "./shrink/test-file.ts";

const USAGE = `npm run simulate -- [--mode MODE,…] [--seeds N | --seed S | --minutes M] [--first K] [--threads T] [--json FILE] [--shrink FILE]
  --mode     ${MODES.map(({ name }) => name).join(", ")}; all of them when absent
  --seeds    how many seeds, or cases of an exhaustive mode, each mode plays (default 100)
  --seed     plays just this one of one mode, as a failure prints it: 32 hexadecimal digits, or of an exhaustive mode the number of
             a program and the faults behind it, 17/host-0:5:crash-after
  --minutes  plays fresh seeds for so long, in each mode; an exhaustive mode ends with its last case
  --first    plays the seeds numbered from K on, the same everywhere, instead of fresh ones
  --threads  default: one for each core
  --json     writes all numbers into a file
  --shrink   with --seed and one mode: makes the world smaller as long as it stays wrong, and writes a test file
${MODES.map(({ name, title }) => `  ${name.padEnd(13)}${title}`).join("\n")}
`;

/** Seeds of a mode when nobody says how many. */
const SEEDS = 100;
/** Problems that are told in full; more would bury them. */
const TOLD = 20;

const values = commandLine(
  {
    options: {
      mode: { type: "string" },
      seeds: { type: "string" },
      seed: { type: "string" },
      minutes: { type: "string" },
      first: { type: "string" },
      threads: { type: "string" },
      json: { type: "string" },
      shrink: { type: "string" },
      help: { type: "boolean", default: false },
    },
  },
  USAGE,
);

function* ordersOf(mode: Mode): Generator<Order> {
  if (values.seed !== undefined) {
    yield { mode: mode.name, id: values.seed };
    return;
  }
  const minutes = amount(values.minutes, "minutes", USAGE);
  const until = performance.now() + (minutes ?? 0) * 60_000;
  const seeds = amount(values.seeds, "seeds", USAGE) ?? SEEDS;
  const wanted = minutes === undefined ? seeds : Number.POSITIVE_INFINITY;
  const last = Math.min(wanted, mode.cases === null ? wanted : mode.cases - first);
  for (let n = 0; n < last && (minutes === undefined || performance.now() < until); n++) {
    yield { mode: mode.name, id: idOf(mode, n) };
  }
}

function idOf(mode: Mode, n: number): string {
  if (mode.cases !== null) return String(first + n);
  return values.first === undefined ? freshSeed() : numberedSeed(first + n);
}

const first = values.first === undefined ? 0 : Number(values.first);
if (!(first >= 0)) wrongUsage(`--first takes a number from 0; got "${values.first}".`, USAGE);

async function play(mode: Mode): Promise<ModeReport> {
  const total = new ModeTotal(mode.name);
  let told = 0;
  const onAnswer = (answer: Answer): void => {
    if ("broken" in answer)
      throw new Error(`The simulator itself failed at ${answer.order.id}:\n${answer.broken}`);
    total.add(answer.report);
    for (const problem of answer.report.problems) {
      if (told++ < TOLD) process.stdout.write(`\n${formatProblem(mode.name, problem)}\n`);
    }
    progress(mode, total.report);
  };
  const threads = amount(values.threads, "threads", USAGE) ?? availableParallelism();
  await playAll(ordersOf(mode), { threads, onAnswer });
  return total.report;
}

/** One line that is written over again and again, where somebody watches. */
function progress({ name }: Mode, { cases, worlds, seconds }: ModeReport): void {
  if (process.stderr.isTTY)
    process.stderr.write(`\r${name}: ${cases} cases, ${worlds} worlds, ${seconds} s `);
}

/** The modes that were asked for, of which the one with `--seed` must know that seed. */
function chosen(): readonly Mode[] {
  const { mode, seed } = values;
  try {
    const modes = mode === undefined ? MODES : mode.split(",").map(modeNamed);
    if (seed === undefined && values.shrink === undefined) return modes;
    const [one, ...others] = modes;
    if (seed === undefined || one === undefined || others.length > 0)
      return wrongUsage("--seed and --shrink need one --mode, and --shrink a --seed.", USAGE);
    one.scenario(seed);
    return modes;
  } catch (error) {
    if (error instanceof RangeError) return wrongUsage(error.message, USAGE);
    throw error;
  }
}

async function shrinkOne(file: string): Promise<void> {
  const replay = values.seed ?? "";
  const scenario = modeNamed(values.mode ?? "").scenario(replay);
  const { findings } = await judge(scenario);
  const invariant = findings[0]?.invariant;
  const shrunk = invariant === undefined ? null : await shrink(scenario, { invariant });
  if (invariant === undefined || shrunk === null) {
    process.stdout.write("Nothing is wrong in that world.\n");
    return;
  }
  writeFileSync(file, testFile(shrunk, { invariant, replay }));
  process.stdout.write(
    `${invariant}: ${shrunk.problem}\n${file} was written after ${shrunk.worlds} worlds.\n`,
  );
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const modes = chosen();
  if (values.shrink !== undefined) {
    await shrinkOne(values.shrink);
    return;
  }
  const reports: ModeReport[] = [];
  for (const mode of modes) reports.push(await play(mode));
  process.stdout.write(`\n${formatTable(reports)}\n`);
  if (values.json !== undefined) {
    const header = { date: new Date().toISOString(), commit: commit(), node: process.version };
    writeFileSync(values.json, `${JSON.stringify({ ...header, modes: reports }, null, 2)}\n`);
  }
  if (reports.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}

await main();
