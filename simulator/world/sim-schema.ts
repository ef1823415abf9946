import type { Late } from "../program/fit.ts";
import type { Prng } from "../random/prng.ts";
import type { SimProcess } from "./sim-process.ts";

/** How the schemas of workflows take their time: as ones that ask somebody. */
export interface SchemaPlan {
  /** The longest that one takes, in milliseconds; some answer at once. */
  readonly slowMs: number;
  /** The share of calls that are never answered while there are faults. @default none */
  readonly silent?: number;
}

const AT_ONCE = 0.5;

export function lateSchemas(
  process: SimProcess,
  { slowMs, silent }: SchemaPlan,
  {
    random,
    quiet,
    silenced,
  }: { readonly random: Prng; readonly quiet: () => boolean; readonly silenced: () => void },
): Late {
  return () => {
    if (random.chance(AT_ONCE)) return null;
    if (silent === undefined || !random.chance(silent) || quiet())
      return process.sleep(random.int(slowMs + 1));
    silenced();
    return new Promise(() => {});
  };
}
