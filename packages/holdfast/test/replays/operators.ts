import { HoldfastError } from "holdfast";
import type { MemoryDriver } from "holdfast/memory";
import { Operator } from "../../src/engine/operators/operator.ts";
import { resumeRun } from "../../src/engine/operators/pause.ts";
import { recoverRun } from "../../src/engine/operators/recover.ts";
import { rewindRun } from "../../src/engine/operators/rewind.ts";
import type { Clock } from "../../src/model/clock.ts";
import { engineSettings } from "../../src/system/engine-settings.ts";
import type { Dice } from "./dice.ts";
import { recordedIn } from "./recorded.ts";

/** What was done between two passes. */
export type Between = "nothing" | "deployed" | "rewound" | "recovered";

function operatorOf(storage: MemoryDriver, clock: Clock): Promise<Operator> {
  const claim = { driver: storage, epoch: 0, now: () => clock.now() };
  return Operator.open(engineSettings({ clock }), "run", claim);
}

/** Lets a run go on that somebody has paused. */
export async function resume(storage: MemoryDriver, clock: Clock): Promise<void> {
  const { status, held } = await recordedIn(storage);
  if (status === "paused" && held === null) await resumeRun(await operatorOf(storage, clock));
}

/** Does something to a run that no pass runs: recovers it where it failed, or takes it back to any entry. What is refused changes nothing. */
export async function operate(storage: MemoryDriver, clock: Clock, dice: Dice): Promise<Between> {
  const { status, entries } = await recordedIn(storage);
  if (status === null || entries.size === 0) return "nothing";
  try {
    const operator = await operatorOf(storage, clock);
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
