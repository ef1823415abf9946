import { Tally } from "../report/tally.ts";
import { kvHome } from "./bare/kv-home.ts";
import { Batches } from "./batches.ts";
import { STORE_HOMES } from "./stores/store-home.ts";

/** How much is to be done. */
export interface Series {
  readonly firstSeed: number;
  /** Ends the series when it says so, asked after each seed with the number of seeds that are done. */
  readonly enough: (seeds: number) => boolean;
  readonly progress: (told: { readonly seeds: number; readonly tally: Tally }) => void;
}

/** Runs of each stage in one store: more make a mutation cheaper, as they share a host and its looks. */
const COPIES = 8;

/** Every kind of storage, ready to be damaged. */
export async function prepareAll(only?: string, copies: number = COPIES): Promise<Batches[]> {
  const prepared: Batches[] = [];
  for (const home of [...STORE_HOMES, kvHome]) {
    if (only === undefined || home.name === only) prepared.push(await Batches.prepare(home, copies));
  }
  return prepared;
}

/** Where an error comes from is asked for of bugs alone: most errors here are expected, and a trace is most of their cost. */
const TRACED_CALLS = 3;

/** Seed after seed, each on every kind of storage. */
export async function runSeries(batches: readonly Batches[], series: Series): Promise<Tally> {
  const tally = new Tally();
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Math.min(stackTraceLimit, TRACED_CALLS);
  try {
    for (let seeds = 0; !series.enough(seeds); ) {
      for (const one of batches) {
        for (const verdict of await one.run(series.firstSeed + seeds)) tally.add(verdict);
      }
      seeds += 1;
      series.progress({ seeds, tally });
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return tally;
}
