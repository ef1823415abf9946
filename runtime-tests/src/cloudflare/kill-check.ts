import { equal } from "./checks.ts";
import { insist } from "./insist.ts";
import { Ledger } from "./ledger.ts";
import { Workerd } from "./workerd.ts";

const JOURNEYS = 12;
/** The starts of steps in the middle of which workerd is killed; all journeys together have 84 steps. */
const KILLS = [4, 15, 26, 37, 48, 59, 70, 80];
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
 * Runs journeys while workerd is killed again and again, each time in the middle of a step. Each start of a step is written
 * down here, outside: a step whose result is committed has not started again, and each result is that of the last start.
 */
export async function checkKills(): Promise<void> {
  const ledger: Ledger = new Ledger(KILLS, () => workerd.restart());
  const services = { LEDGER: (key: string) => ledger.started(key) };
  const workerd = await Workerd.start({ entry: ENTRY, objects: { JOURNEYS: "Journeys" }, services });
  try {
    const ids = Array.from({ length: JOURNEYS }, (_, n) => `journey-${n}`);
    await Promise.all(ids.map((id) => insist(workerd, `/start/${id}`)));
    await Promise.all(ids.map((id) => insist(workerd, `/word/${id}`)));
    for (const id of ids) {
      const journey = (await insist(workerd, `/result/${id}`)) as Journey;
      equal(journey.word, `for ${id}`);
      equal(ledger.lastStarts(id), resultsOf(id, journey));
    }
    equal(ledger.killsLeft, 0);
  } finally {
    await workerd.stop();
  }
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
