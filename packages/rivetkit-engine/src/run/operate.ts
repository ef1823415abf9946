import { type EngineSettings, Operator } from "holdfast/embedding";
import type { HostedDriver } from "../driver/hosted-driver.ts";
import { RUN_ID } from "../driver/run-id.ts";

/** Where something is done to a run that no pass runs. */
export interface OperatedRun {
  readonly driver: HostedDriver;
  readonly settings: EngineSettings;
}

/** @throws RunNotFoundError, FencedError, StorageError */
export function openOperator({ driver, settings }: OperatedRun): Promise<Operator> {
  return Operator.open(settings, RUN_ID, {
    driver,
    epoch: 0,
    now: () => settings.world.clock.now(),
  });
}
