import type { RunState } from "#holdfast/index.ts";
import type { VirtualClock } from "#holdfast/testing.ts";
import type { Steered } from "./bring.ts";
import type { BuiltRun } from "./built-run.ts";
import type { Journey } from "./home.ts";
import { ERRAND_MESSAGES } from "./stages/stage.ts";
import type { Told } from "./tell.ts";
import { LONG_MS, SETTLE_MS } from "./times.ts";

/** A run, and what asks things of it. */
export interface Addressed {
  readonly run: BuiltRun;
  readonly handle: Steered & { resume(): Promise<void>; getState(): Promise<RunState | null> };
}

/** Those whose state is to be had, and is not that of one that is held. */
async function notHeld(clock: VirtualClock, all: readonly Addressed[]): Promise<Addressed[]> {
  const states = all.map(({ handle }) => handle.getState().catch(() => "paused"));
  const found = await clock.settle(Promise.all(states));
  return all.filter((_, index) => found[index] !== "paused");
}

/** Lets runs go on that were held, sends every errand the messages that it needs, and lets time pass until all rest. */
export async function converse(
  { clock, resume = false, insists = true }: Pick<Journey, "clock" | "resume" | "insists">,
  all: readonly Addressed[],
  told: Told,
): Promise<void> {
  await clock.advance(SETTLE_MS);
  const held = all.filter(({ run }) => resume || run.stage.act === "pause");
  await clock.settle(Promise.all(held.map(({ handle }) => told.of(handle.resume()))));
  const listening = insists ? all : await notHeld(clock, all);
  const asked: Promise<void>[] = [];
  for (const message of ERRAND_MESSAGES) {
    const { name, body, options, asks } = message;
    for (const { run, handle } of listening) {
      // Once more under the same id: it is received once.
      const sent = run.stage.sends.includes(message) && !insists;
      if (run.stage.workflow !== "errand" || sent) continue;
      if (asks) asked.push(told.of(handle.request(name, body, { ...options, timeout: LONG_MS })));
      else await clock.settle(told.of(handle.send(name, body, options)));
    }
    await clock.advance(SETTLE_MS);
  }
  await clock.advance(LONG_MS);
  await clock.settle(Promise.all(asked));
}
