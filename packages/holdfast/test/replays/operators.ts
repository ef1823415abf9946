import { HoldfastError } from "holdfast";
import type { MemoryDriver } from "holdfast/memory";
import { Operator } from "../../src/engine/operators/operator.ts";
import { recoverRun } from "../../src/engine/operators/recover.ts";
import { rewindRun } from "../../src/engine/operators/rewind.ts";
import type { Clock } from "../../src/model/clock.ts";
import { engineSettings } from "../../src/system/engine-settings.ts";
import type { Dice } from "./dice.ts";
import type { Between } from "./life.ts";
import { recordedIn } from "./recorded.ts";

/** Does something to a run that no pass runs: recovers it where it failed, or takes it back to any entry. What is refused changes nothing. */
export async function operate(storage: MemoryDriver, clock: Clock, dice: Dice): Promise<Between> {
  const { status, entries } = await recordedIn(storage);
  if (status === null || entries.size === 0) return "nothing";
  const claim = { driver: storage, epoch: 0, now: () => clock.now() };
  try {
    const operator = await Operator.open(engineSettings({ clock }), "run", claim);
    if (status === "failed" && dice.chance(0.5)) {
      await recoverRun(operator);
      return "recovered";
    }
    await rewindRun(operator, dice.pick([...entries.keys()]));
    return "rewound";
  } catch (error) {
    if (HoldfastError.is(error)) return "nothing";
    throw error;
  }
}
