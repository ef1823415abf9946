import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { amount, commandLine, wrongUsage } from "../../scripts/command-line.ts";
import { all } from "./all.ts";
import type { Hunts } from "./hunt-report.ts";
import { formatHunts, markdownOf } from "./hunt-table.ts";
import { huntMutant, huntNothing } from "./hunter.ts";
import type { Mutant } from "./mutant.ts";

const USAGE = `npm run mutants -- [--only ID,…] [--worlds N] [--seconds S] [--threads T] [--json FILE] [--markdown FILE] [--from FILE]
  --only      these mutants; all ${all.length} when absent
  --worlds    how many worlds each mode of a mutant plays at most (default 300)
  --seconds   after so long a hunt is ended (default 300)
  --threads   processes at once (default: one for each core)
  --json      writes all results into a file
  --markdown  writes the table that is published into a file
  --from      takes the results of an earlier run instead of hunting
The library as it is plays worlds of the same modes, and nothing may be found in it.
`;

const values = commandLine(
  {
    options: {
      only: { type: "string" },
      worlds: { type: "string" },
      seconds: { type: "string" },
      threads: { type: "string", default: String(availableParallelism()) },
      json: { type: "string" },
      markdown: { type: "string" },
      from: { type: "string" },
      help: { type: "boolean", default: false },
    },
  },
  USAGE,
);

/** Worlds of each mode, and seconds, that a hunt may take. */
const WORLDS = 300;
const SECONDS = 300;
/** How many times longer the library without a mutant may take. */
const PATIENCE = 5;

const chosen = values.only === undefined ? all : values.only.split(",").map(mutantNamed);
const budget = {
  worlds: amount(values.worlds, "worlds", USAGE) ?? WORLDS,
  milliseconds: (amount(values.seconds, "seconds", USAGE) ?? SECONDS) * 1_000,
};

function mutantNamed(id: string): Mutant {
  return all.find((mutant) => mutant.id === id) ?? wrongUsage(`There is no mutant "${id}".`, USAGE);
}

async function hunt(): Promise<Hunts> {
  const hunts = await inTurns(chosen, async (mutant) => {
    const result = await huntMutant(mutant, budget);
    const { found, worlds } = result;
    const told =
      found === null ? `NOT FOUND ${result.broken.at(-1) ?? ""}` : `${found.invariant} ${found.problem}`;
    process.stderr.write(`${mutant.id}: ${told} (${worlds} worlds, ${result.milliseconds} ms)\n`);
    return result;
  });
  const modes = [...new Set(chosen.flatMap((mutant) => mutant.modes))];
  // All of their worlds are played, not only those up to a violation.
  const patience = { ...budget, milliseconds: budget.milliseconds * PATIENCE };
  const unchanged = await inTurns(modes, (mode) => huntNothing([mode], patience));
  return { date: new Date().toISOString(), commit: commit(), node: process.version, hunts, unchanged };
}

/** Works on all, some at a time, and keeps their order. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const one = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Number(values.threads) }, one));
  return results;
}

function commit(): string {
  return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const result =
    values.from === undefined ? await hunt() : (JSON.parse(readFileSync(values.from, "utf8")) as Hunts);
  const { hunts, unchanged } = result;
  const missed = hunts.filter(({ found }) => found === null);
  const wrong = unchanged.filter(({ found, broken }) => found !== null || broken.length > 0);
  process.stdout.write(
    `${formatHunts(hunts)}\n\n${hunts.length - missed.length} of ${hunts.length} found.\n`,
  );
  for (const { found, broken } of wrong)
    process.stdout.write(`Without a mutant: ${JSON.stringify(found ?? broken)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
  if (values.markdown !== undefined) writeFileSync(values.markdown, markdownOf(result));
  if (missed.length > 0 || wrong.length > 0) process.exitCode = 1;
}

await main();
