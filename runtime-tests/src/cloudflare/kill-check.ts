import { setTimeout } from "node:timers/promises";
import { equal } from "./checks.ts";
import { Workerd } from "./workerd.ts";

const JOURNEYS = 12;
const KILLS = 8;
/** Kills come at instants that fall anywhere in the runs, the same each time. */
const PAUSES_MS = [35, 140, 60, 310, 90, 20, 230, 180];
const ENTRY = "entries/worker-journeys.ts";

interface Journey {
  readonly first: number;
  readonly left: number;
  readonly right: number;
  readonly items: readonly number[];
  readonly last: number;
  readonly word: string;
}

/**
 * Runs journeys while workerd is killed again and again. Each start of a step is written down here, outside: a step whose
 * result is committed has not started again, and each result is that of the last start.
 */
export async function checkKills(): Promise<void> {
  const starts = new Map<string, number[]>();
  let count = 0;
  const ledger = (key: string): string => {
    count += 1;
    starts.set(key, [...(starts.get(key) ?? []), count]);
    return `${count}`;
  };
  const workerd = await Workerd.start({
    entry: ENTRY,
    objects: { JOURNEYS: "Journeys" },
    services: { LEDGER: ledger },
  });
  try {
    const ids = Array.from({ length: JOURNEYS }, (_, n) => `journey-${n}`);
    await Promise.all(ids.map((id) => insist(workerd, `/start/${id}`)));
    for (let kill = 0; kill < KILLS; kill++) {
      await setTimeout(PAUSES_MS[kill % PAUSES_MS.length]);
      const words = kill === KILLS / 2 ? ids.map((id) => insist(workerd, `/word/${id}`)) : [];
      await workerd.restart();
      await Promise.all(words);
    }
    for (const id of ids) {
      const journey = (await insist(workerd, `/result/${id}`)) as Journey;
      equal(journey.word, `for ${id}`);
      equal(lastStarts(starts, id), resultsOf(id, journey));
    }
    const repeated = [...starts.values()].filter(({ length }) => length > 1).length;
    if (repeated === 0) throw new Error("No kill came in the middle of a step: nothing was proved.");
  } finally {
    await workerd.stop();
  }
}

function lastStarts(
  starts: ReadonlyMap<string, readonly number[]>,
  id: string,
): Record<string, number | undefined> {
  const own = [...starts].filter(([key]) => key.startsWith(`${id}/`));
  return Object.fromEntries(own.map(([key, numbers]) => [key, numbers.at(-1)] as const).toSorted());
}

function resultsOf(
  id: string,
  { first, left, right, items, last }: Journey,
): Record<string, number | undefined> {
  const results = [
    ["both/~left/left", left],
    ["both/~right/right", right],
    ["first", first],
    ...items.map((item, n) => [`items/[${n}]/item`, item] as const),
    ["last", last],
  ] as const;
  return Object.fromEntries(results.map(([key, number]) => [`${id}/${key}`, number] as const).toSorted());
}

/** Asks until it is answered, across kills. */
async function insist(workerd: Workerd, path: string): Promise<unknown> {
  for (let tries = 1; ; tries++) {
    const answer = await workerd.get(path).catch((error: unknown) => ({ error: String(error) }));
    const { value, error } = answer as { value?: unknown; error?: string };
    if (error === undefined) return value;
    if (tries === 50) throw new Error(`${path}: ${error}`);
    await setTimeout(50);
  }
}
