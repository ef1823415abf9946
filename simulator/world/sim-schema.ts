import type { Late } from "../program/fit.ts";
import type { Prng } from "../random/prng.ts";
import type { SimProcess } from "./sim-process.ts";

/** How the schemas of workflows take their time: as ones that ask somebody. */
export interface SchemaPlan {
  /** The longest that one takes, in milliseconds; some answer at once. */
  readonly slowMs: number;
}

const AT_ONCE = 0.5;

export function lateSchemas(process: SimProcess, { slowMs }: SchemaPlan, random: Prng): Late {
  return () => (random.chance(AT_ONCE) ? null : process.sleep(random.int(slowMs + 1)));
}
