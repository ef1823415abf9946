import { bare } from "./bare.ts";
import { differential } from "./differential.ts";
import { double, single } from "./exhaustive.ts";
import type { Mode } from "./mode.ts";
import { handles, liveness, soup, upgrade } from "./seeded.ts";

/** All modes, in the order in which `npm run simulate` plays them. */
export const MODES: readonly Mode[] = [single, double, soup, liveness, differential, upgrade, bare, handles];

/** @throws RangeError when there is no mode with this name */
export function modeNamed(name: string): Mode {
  const mode = MODES.find((each) => each.name === name);
  if (mode !== undefined) return mode;
  const names = MODES.map((each) => each.name).join(", ");
  throw new RangeError(`There is no mode "${name}"; there are ${names}.`);
}
