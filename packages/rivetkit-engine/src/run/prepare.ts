import { decodeRunFailure, KeySpace, recoverRun, resumeRun } from "holdfast/embedding";
import { EvictedError } from "../errors/classes.ts";
import { takeOver } from "../history/take-over.ts";
import type { EngineDriver as HostDriver } from "../model/driver.ts";
import { type OperatedRun, openOperator } from "./operate.ts";

/**
 * What comes before a run goes on: a history of RivetKit's own engine is taken over, and a run that is held, or whose
 * rollback could not be finished, is given another chance.
 * @throws EvictedError when the run was cancelled.
 */
export async function prepareRun(host: HostDriver, run: OperatedRun): Promise<void> {
  await takeOver(host, run);
  const state = await run.driver.readState();
  if (state === "cancelled") throw new EvictedError();
  if (state === "paused") await resumeRun(await openOperator(run));
  if (state === "failed") await continueRollback(run);
}

async function continueRollback(run: OperatedRun): Promise<void> {
  const operator = await openOperator(run);
  const row = operator.journal.single(KeySpace.error);
  if (row !== null && decodeRunFailure(row).rollbackFailure !== null) await recoverRun(operator);
}
