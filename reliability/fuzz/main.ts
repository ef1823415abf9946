import { renameSync, writeFileSync } from "node:fs";
import { amount, commandLine, wrongUsage } from "../../scripts/command-line.ts";
import type { LawReport } from "./codecs/run-laws.ts";
import { formatLaw, formatTally, tallyData } from "./report/table.ts";
import type { Tally, Verdict } from "./report/tally.ts";
import { prepareAll, runSeries } from "./stored/series.ts";
import { StrayWatch } from "./stray-watch.ts";

const USAGE = `npm run fuzz -- [--seeds N | --minutes M | --seed S] [--from S] [--home memory|sqlite|kv] [--copies N] [--json] [--figures FILE]
npm run fuzz -- --codecs N [--seed S] [--json]
  --seeds    so many seeds: each damages a few hundred runs (default 5)
  --minutes  as many seeds as fit
  --seed     this one seed, as a failure names it
  --from     the first seed (default: a fresh one)
  --home     one kind of storage only
  --copies   runs of each stage in one store (default 8); a seed damages other rows with another number
  --codecs   so many cases of the laws of keys and codecs instead
  --json     the summary for a machine, instead of the table
  --figures  this file has the summary so far, and the next seed to go on from: for a run that takes hours
`;

const values = commandLine(
  {
    options: {
      seeds: { type: "string" },
      minutes: { type: "string" },
      seed: { type: "string" },
      from: { type: "string" },
      home: { type: "string" },
      copies: { type: "string" },
      codecs: { type: "string" },
      json: { type: "boolean", default: false },
      figures: { type: "string" },
      help: { type: "boolean", default: false },
    },
  },
  USAGE,
);

const HOMES = ["memory", "sqlite", "kv"];
const DEFAULT_SEEDS = 5;
const PROGRESS_MS = 10_000;
/** Fresh seeds are numbers below this. */
const SEEDS = 2 ** 40;

const say = (text: string): void => {
  if (!values.json) process.stdout.write(`${text}\n`);
};

function enough(): (seeds: number) => boolean {
  if (values.seed !== undefined) return (seeds) => seeds >= 1;
  if (values.minutes !== undefined) {
    const end = performance.now() + (amount(values.minutes, "minutes", USAGE) ?? 0) * 60_000;
    return () => performance.now() >= end;
  }
  const seeds = amount(values.seeds, "seeds", USAGE) ?? DEFAULT_SEEDS;
  return (done) => done >= seeds;
}

function tellBug({ home, seed, workflowId, kind, place, problem }: Verdict): void {
  say(`BUG  ${kind} of ${place}, run ${workflowId}: ${problem}`);
  const copies = values.copies === undefined ? "" : ` --copies ${values.copies}`;
  say(`     npm run fuzz -- --seed ${seed} --home ${home}${copies}`);
}

/** Written beside it first, so that who reads it never finds half of it. */
function keepFigures(
  file: string,
  { firstSeed, seeds, started, tally }: { firstSeed: number; seeds: number; started: number; tally: Tally },
): void {
  const seconds = Math.round((performance.now() - started) / 1_000);
  const figures = { firstSeed, seeds, nextSeed: firstSeed + seeds, seconds, ...tallyData(tally) };
  writeFileSync(`${file}.new`, `${JSON.stringify(figures, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

async function fuzzStored(): Promise<Tally> {
  const { home } = values;
  if (home !== undefined && !HOMES.includes(home))
    wrongUsage(`--home takes ${HOMES.join(", ")}; got "${home}".`, USAGE);
  const asked = amount(values.seed ?? values.from, values.seed === undefined ? "from" : "seed", USAGE);
  const firstSeed = asked ?? Math.floor(Math.random() * SEEDS);
  const started = performance.now();
  const copies = amount(values.copies, "copies", USAGE);
  const batches = await prepareAll(values.home, copies);
  say(`first seed ${firstSeed}; ${batches.map(({ name }) => name).join(", ")} ready`);
  let told = performance.now();
  let bugs = 0;
  let done = 0;
  const keep = ({ seeds, tally }: { readonly seeds: number; readonly tally: Tally }): void => {
    if (values.figures !== undefined) keepFigures(values.figures, { firstSeed, seeds, started, tally });
  };
  const tally = await runSeries(batches, {
    firstSeed,
    enough: enough(),
    progress: ({ seeds, tally }) => {
      done = seeds;
      for (; bugs < tally.bugs.length; bugs++) tellBug(tally.bugs[bugs] as Verdict);
      if (performance.now() - told < PROGRESS_MS) return;
      told = performance.now();
      keep({ seeds, tally });
      say(`${seeds} seeds, ${tally.mutations} mutations, ${tally.bugs.length} bugs`);
    },
  });
  keep({ seeds: done, tally });
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  if (values.json) process.stdout.write(`${JSON.stringify(tallyData(tally), null, 2)}\n`);
  say(`${formatTally(tally)}\nin ${seconds} s`);
  return tally;
}

async function fuzzCodecs(cases: number): Promise<LawReport[]> {
  // Loaded only where it is needed: the generators take seconds to get ready.
  const { runLaws } = await import("./codecs/run-laws.ts");
  const seed = amount(values.seed, "seed", USAGE) ?? Math.floor(Math.random() * 2 ** 30);
  say(`seed ${seed}`);
  const reports = runLaws({ cases, seed }, (report) => say(formatLaw(report)));
  const broken = reports.filter(({ problem }) => problem !== null).length;
  const total = reports.reduce((sum, report) => sum + report.cases, 0);
  if (values.json) process.stdout.write(`${JSON.stringify({ seed, cases: total, reports }, null, 2)}\n`);
  say(`${total} cases of ${reports.length} laws, ${broken} broken`);
  if (broken > 0) say(`     npm run fuzz -- --codecs ${cases} --seed ${seed}`);
  return reports;
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const strays = new StrayWatch();
  const bugs =
    values.codecs === undefined
      ? (await fuzzStored()).bugs
      : (await fuzzCodecs(Number(values.codecs))).filter(({ problem }) => problem !== null);
  const stray = await strays.end();
  for (const problem of stray) say(`BUG  ${problem}`);
  if (bugs.length + stray.length > 0) process.exitCode = 1;
}

await main();
