import type { RunControls, RunState, SendOptions } from "#holdfast/index.ts";
import type { VirtualClock } from "#holdfast/testing.ts";
import type { Stage } from "./stages/stage.ts";

/** A run and what is done to it, in a store or on a driver of its own. */
export interface Steered extends Pick<RunControls<unknown>, "workflowId"> {
  send(name: string, body: unknown, options: SendOptions): Promise<void>;
  request(name: string, body: unknown, options: SendOptions & { timeout?: number }): Promise<unknown>;
  cancel(): Promise<unknown>;
  pause(): Promise<void>;
}

/** A run on its way to a stage. */
export interface OnTheWay {
  readonly clock: VirtualClock;
  readonly handle: Steered;
  readonly status: () => Promise<RunState | null | undefined>;
  /** Resolves when it hangs where it has to; null when it need not. */
  readonly hung: Promise<void> | null;
}

const LOOKS = 10_000;

/** Does to a run what brings it to the stage. */
export async function bring({ clock, handle, status, hung }: OnTheWay, stage: Stage): Promise<void> {
  if (stage.sends.length > 0) await clock.advance(1_000);
  for (const { name, body, options, asks } of stage.sends) {
    if (asks) handle.request(name, body, options).catch(() => {});
    else await clock.settle(handle.send(name, body, options));
    await clock.advance(1);
  }
  if (stage.act !== undefined) {
    await clock.advance(1_000);
    await clock.settle<unknown>(stage.act === "cancel" ? handle.cancel() : handle.pause());
  }
  if (hung !== null) await clock.settle(hung);
  for (let looks = 0; looks < LOOKS; looks++) {
    await clock.runUntilIdle();
    if ((await status()) === stage.until) return;
    await clock.advance(60_000);
  }
  throw new Error(`Run "${handle.workflowId}" does not become ${stage.until}.`);
}
